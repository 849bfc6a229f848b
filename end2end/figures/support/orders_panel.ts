// The table of orders on boards of the figures, as a panel in a settings file.

export function ordersPanel(title: string, get: string): string {
  return `
[[board.panel]]
title = "${title}"
kind = "table"
get = "${get}"
rows = "$.orders[*]"
total = "$.total"
columns = [
    { key = "id", title = "Order" },
    { key = "customer", title = "Customer" },
    { key = "placed_at", title = "Placed", kind = "date" },
    { key = "status", title = "Status", kind = "tag" },
    { key = "items", title = "Items", kind = "number" },
    { key = "total", title = "Total, €", kind = "number" },
    { key = "city", title = "City" },
]
`;
}
