// The boards of the suite, and the APIs beside the first one.

/** The board that an uninvolved person has open, and those that strain the API. */
export const BOARD = '/boards/mine';
/** The form of an action of that board. */
export const ACTING = '/boards/mine/actions/do';
/** A board with pictures, files, a CSV file of all pages, and an action that the API does later. */
export const WORK = '/boards/work';
export const HANGING = '/boards/hanging';
export const HUGE_BOARDS = 8;
export const HUGE_PANELS = 4;
export function huge(index: number): string {
  return `/boards/huge-${index % HUGE_BOARDS}`;
}
/** A board whose API has a token of its own, by token exchange; with a filter, panels that refresh, and reports. */
export const STOCK = '/boards/stock';
/** A board about one thing. */
export const ITEM = '/boards/item';

const WORK_TABLE = `id = "work"
title = "Work"
get = "/work"
rows = "$.work[*]"
total = "$.total"
page = { size = 20, limit = "limit", offset = "offset" }
columns = [
    { key = "id", title = "Work" },
    { key = "owner", title = "Owner" },
    { key = "picture", title = "Picture", kind = "image" },
    { key = "paper", title = "Paper", download = "/paper/{id}", types = ["pdf"] },
]`;

export function boards(secondApi: string): string {
  const board = (id: string, panels: string[]) =>
    `[[board]]\nid = "${id}"\ntitle = "${id}"\n${panels.map((panel) => `\n[[board.panel]]\nkind = "table"\n${panel.includes('rows = ') ? '' : 'rows = "$.orders[*]"\n'}${panel}\n`).join('')}\n`;
  const hugePanels = (board: number) =>
    Array.from({ length: HUGE_PANELS }, (_, panel) => `title = "Huge ${panel}"\nget = "/huge?of=${board}-${panel}"`);
  return [
    `[[api]]\nid = "second"\ntitle = "Second"\nurl = "${secondApi}"\nauth = "none"\n`,
    `${board('mine', ['title = "Orders"\nget = "/orders"'])}[[board.action]]\nid = "do"\nlabel = "Do"\nconfirm = "Do it?"\npost = "/acts"\ndone = "Done."\n`,
    `${board('work', [WORK_TABLE])}[[board.action]]\nid = "begin"\nlabel = "Begin"\nconfirm = "Begin it?"\npost = "/jobs"\ndone = "Done."\njob = { get = "/jobs/{id}", done = "status = ready", failed = "status = failed", every = 1 }\n`,
    board('hanging', Array.from({ length: 8 }, (_, panel) => `title = "Panel ${panel}"\napi = "second"\nget = "/hang?of=${panel}"`)),
    ...Array.from({ length: HUGE_BOARDS }, (_, index) => board(`huge-${index}`, hugePanels(index))),
  ].join('\n');
}

/** The audience of the API of the next board. */
export const STOCK_AUDIENCE = 'stock';

/** Further boards, for a world that asks for them. */
export function stockBoards(secondApi: string): string {
  return `
[[api]]
id = "stock"
title = "Stock"
url = "${secondApi}"
token = "exchange"
audience = "${STOCK_AUDIENCE}"

[[board]]
id = "stock"
title = "Stock"

[[board.filter]]
key = "state"
title = "State"
kind = "choices"
choices = ["low", "full"]

[[board.panel]]
title = "Stock"
kind = "table"
api = "stock"
get = "/stock?state={state}"
rows = "$.items[*]"
every = "1s"
to = "/boards/item?id={id}"

[[board.panel]]
title = "Report"
kind = "table"
get = "/reports"
rows = "$.months[*]"

[[board]]
id = "item"
title = "Item"

[board.subject]
api = "stock"
get = "/stock/{id}"
title = "Item {id}"
back = "stock"

[[board.panel]]
title = "About"
kind = "facts"
fields = ["id", "state", "owner"]
`;
}
