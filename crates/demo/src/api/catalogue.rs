//! The articles and the customers: fixed lists, all made up. Nothing is computed here; `desk.rs` makes orders of them.

/// An article.
pub(super) struct Article {
    pub(super) sku: &'static str,
    pub(super) name: &'static str,
    /// The price of one, in cents.
    pub(super) price: u64,
    /// The cost of one to the desk, in cents.
    pub(super) cost: u64,
    /// The number in stock.
    pub(super) stock: u32,
    /// Below this number, more should be ordered.
    pub(super) minimum: u32,
}

/// A customer and the delivery address.
pub(super) struct Customer {
    pub(super) name: &'static str,
    pub(super) street: &'static str,
    pub(super) postcode: &'static str,
    pub(super) city: &'static str,
    pub(super) country: &'static str,
}

const fn article(
    sku: &'static str,
    name: &'static str,
    [price, cost]: [u64; 2],
    [stock, minimum]: [u32; 2],
) -> Article {
    Article { sku, name, price, cost, stock, minimum }
}

const fn customer(
    name: &'static str,
    street: &'static str,
    postcode: &'static str,
    city: &'static str,
    country: &'static str,
) -> Customer {
    Customer { name, street, postcode, city, country }
}

/// By SKU.
pub(super) static ARTICLES: [Article; 12] = [
    article("BAG-CAN", "Canvas tote, natural", [1490, 610], [212, 80]),
    article("BOX-ARC", "Archive box, grey board", [2450, 1320], [64, 60]),
    article("CAL-WAL", "Wall calendar, linen", [3200, 1480], [18, 40]),
    article("CLP-BRS", "Brass clips, box of 50", [890, 300], [540, 150]),
    article("INK-BLU", "Ink, harbour blue, 50 ml", [1250, 480], [131, 90]),
    article("LMP-DSK", "Desk lamp, oak", [11900, 7050], [23, 10]),
    article("NBK-A5D", "Notebook A5, dotted", [1690, 720], [388, 200]),
    article("NBK-A6P", "Notebook A6, plain", [1190, 490], [95, 120]),
    article("PAP-LTR", "Letter paper, 100 sheets", [2150, 980], [176, 100]),
    article("PEN-FNT", "Fountain pen, steel nib", [6900, 3650], [41, 25]),
    article("PEN-RLL", "Rollerball, black", [2290, 1040], [0, 60]),
    article("WRP-KRF", "Wrapping paper, kraft, 10 m", [1350, 590], [267, 90]),
];

/// The suppliers of the desk.
pub(super) static SUPPLIERS: [&str; 6] = [
    "Dalgety Paper Mills",
    "Fonderie Perrin",
    "Kontorhaus Weber",
    "Ossining Ink",
    "Pakhuis Noord",
    "Verftet Lys",
];

/// By name.
pub(super) static CUSTOMERS: [Customer; 20] = [
    customer("Albers & Zonen", "Maashaven 14", "3072 AE", "Rotterdam", "NL"),
    customer("Atelier Moreau", "Rue des Tables 8", "69001", "Lyon", "FR"),
    customer("Bakkerij De Haven", "Kaaistraat 51", "2000", "Antwerp", "BE"),
    customer("Brightwell Stores", "22 Wharf Lane", "BS1 4QS", "Bristol", "GB"),
    customer("Café Lindgren", "Packhusgatan 3", "411 13", "Gothenburg", "SE"),
    customer("Casa Ferrer", "Carrer del Moll 19", "46024", "Valencia", "ES"),
    customer("Dockside Supplies", "7 Stanley Quay", "L3 7BE", "Liverpool", "GB"),
    customer("Fjord Interiør", "Bryggesporet 2", "5003", "Bergen", "NO"),
    customer("Galerie Nord", "Elbspeicher 11", "20457", "Hamburg", "DE"),
    customer("Hafenkontor Krüger", "Am Kornhafen 30", "28217", "Bremen", "DE"),
    customer("Isola Design", "Via del Molo 6", "16128", "Genoa", "IT"),
    customer("Jansen Optiek", "Lange Gracht 77", "3511 AB", "Utrecht", "NL"),
    customer("Kowalski i Córki", "Ulica Portowa 12", "80-001", "Gdańsk", "PL"),
    customer("Maison Lambert", "Quai des Voiles 40", "13002", "Marseille", "FR"),
    customer("Nordic Paper", "Varvsgatan 9", "211 19", "Malmö", "SE"),
    customer("Oliveira & Filhos", "Rua da Ribeira 25", "4050-510", "Porto", "PT"),
    customer("Papeterie du Port", "Rue du Bassin 16", "76600", "Le Havre", "FR"),
    customer("Quayside Books", "5 Custom House Row", "D01 X2P3", "Dublin", "IE"),
    customer("Rossi Ceramiche", "Riva dei Sali 21", "34121", "Trieste", "IT"),
    customer("Saar Tooling", "Sadama tänav 4", "10111", "Tallinn", "EE"),
];
