// A stand-in for the API of an OpenAPI document in JSON: it answers every GET from the schema of the answer, with sample data
// that depends on names and formats only, and every other request with an empty object. For looking at boards that
// `claimcheck new` proposes:
//     node support/sample-api.mjs openapi.json 3005
// Convert a document in YAML first:
//     npx js-yaml openapi.yaml > openapi.json
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

const [file, port = '3005'] = process.argv.slice(2);
const document = JSON.parse(readFileSync(file, 'utf8'));
const ROWS = 23;
const PEOPLE = ['Ada Okafor', 'Jonas Lind', 'Mei Tanaka', 'Sam Ortiz', 'Noor Haddad', 'Ines Duarte', 'Tomasz Wolski', 'Leila Farouk'];
const COMPANIES = ['Birch & Sons', 'Acme', 'Northwind', 'Holm Logistik', 'Verde Foods', 'Atlas Print', 'Kite Systems'];
const THINGS = ['Spring catalogue', 'Warehouse move', 'Quarterly report', 'Onboarding', 'Website', 'Price review', 'Audit 2026', 'Supplier contracts'];
const CITIES = ['Bergen', 'Porto', 'Leipzig', 'Utrecht', 'Lyon', 'Graz'];
const WORDS = ['standard', 'north', 'priority', 'archive', 'internal', 'draft'];

/** The target of a reference, or the node itself. */
function follow(node) {
  for (let hops = 0; node?.$ref && hops < 16; hops += 1) {
    const steps = node.$ref.slice(2).split('/').map((step) => decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~'));
    node = steps.reduce((at, step) => at?.[step], document);
  }
  return node ?? {};
}

/** A schema with `allOf` merged, and the first alternative that is not null. */
function flat(schema, depth = 0) {
  const { allOf = [], oneOf, anyOf, ...own } = follow(schema);
  if (depth > 8) return own;
  const variant = (oneOf ?? anyOf ?? []).map((one) => flat(one, depth + 1)).find((one) => one.type !== 'null');
  return [...allOf.map((one) => flat(one, depth + 1)), ...(variant ? [variant] : []), own].reduce(
    (all, part) => ({ ...all, ...part, properties: { ...all.properties, ...part.properties } }), {},
  );
}

const number = (text) => [...text].reduce((hash, char) => (Math.imul(hash, 31) + char.codePointAt(0)) >>> 0, 7);
const pick = (list, seed) => list[number(seed) % list.length];

/** A text that fits a name. */
function text(schema, name, seed, kind) {
  const words = name.replace(/([a-z])([A-Z])/g, '$1_$2').toLowerCase().split(/[^a-z0-9]+/);
  const last = words.at(-1);
  const has = (...known) => words.some((word) => known.includes(word));
  const allowed = (schema.enum ?? []).filter((value) => value !== null);
  if (allowed.length) return pick(allowed, seed + name);
  if (schema.const !== undefined) return schema.const;
  const day = new Date(Date.UTC(2026, 9, 28) - (number(seed + name) % 200) * 86_400_000 - (number(seed) % 86_000) * 1_000);
  if (schema.format === 'date') return day.toISOString().slice(0, 10);
  if (schema.format === 'date-time' || (words.length > 1 && last === 'at')) return day.toISOString();
  if (['id', 'gid', 'uuid'].includes(last)) return seed.split('/').at(-1);
  if (last === 'email' || last === 'login') return pick(PEOPLE, seed).toLowerCase().replace(' ', '.') + '@example.com';
  if (schema.format === 'uri' || ['url', 'href', 'link'].includes(last)) return `https://example.com/${seed.split('/').at(-1)}`;
  if (has('city')) return pick(CITIES, seed + name);
  if (has('country')) return pick(['NO', 'PT', 'DE', 'NL', 'FR'], seed + name);
  if (has('phone')) return `+47 5${1_000_000 + (number(seed) % 8_999_999)}`;
  if (has('currency')) return 'EUR';
  if (last === 'status' || last === 'state') return pick(['active', 'pending', 'closed'], seed + name);
  if (last === 'code' || last === 'reference') return `${pick(['A', 'K', 'T'], seed)}-${100 + (number(seed + name) % 900)}`;
  if (['description', 'notes', 'summary', 'text', 'comment'].includes(last)) return `${pick(THINGS, seed)} of ${pick(COMPANIES, seed + name)}.`;
  if (['name', 'title', 'label'].includes(last)) {
    if (/user|owner|assignee|member|created|person|agent|by|author|creator/.test(kind)) return pick(PEOPLE, seed + kind);
    return pick(/compan|merchant|enterprise|workspace|store|customer|team|group/.test(kind) ? COMPANIES : THINGS, seed + kind);
  }
  return pick(WORDS, seed + name);
}

/** A value of a schema. `kind` is the name of what contains it. */
function value(node, name, seed, kind, depth) {
  const schema = flat(node);
  const type = [schema.type].flat().find((one) => one && one !== 'null') ?? (schema.items ? 'array' : Object.keys(schema.properties).length ? 'object' : 'string');
  if (type === 'object') {
    if (depth > 4) return {};
    const inner = depth === 0 ? seed : `${seed}-${name}/${1001 + (number(seed + name) % 40)}`;
    return Object.fromEntries(Object.entries(schema.properties).map(([key, one]) => [key, value(one, key, inner, name || kind, depth + 1)]));
  }
  if (type === 'array') return depth > 3 ? [] : [value(schema.items ?? {}, name, `${seed}-0`, name, depth + 1)];
  if (type === 'boolean') return number(seed + name) % 3 !== 0;
  if (type === 'integer' || type === 'number') {
    const size = /size|bytes|amount|total|price|space/i.test(name) ? 90_000 : 40;
    return number(seed + name) % size;
  }
  return text(schema, name, seed, kind);
}

/** The rows of a list: as many as a page has. */
function rows(items, query, collection) {
  const ask = (...names) => Number([...query].find(([name]) => names.includes(name.toLowerCase().replace(/[^a-z]/g, '')))?.[1] ?? Number.NaN);
  const size = ask('limit', 'pagesize', 'perpage') || 50;
  const page = ask('page', 'pagenumber');
  const first = ask('offset') || (page > 0 ? (page - 1) * size : 0);
  const count = Math.max(0, Math.min(size, ROWS - first));
  return Array.from({ length: count }, (_, at) => value(items, '', `${collection}/${1001 + first + at}`, collection, 0));
}

/** The answer to a GET. */
function answer(schema, path, query) {
  const collection = path.split('/').filter((part) => part && !/^\d+$/.test(part)).at(-1) ?? '';
  const top = flat(schema);
  // A list that can be asked for the members of its details.
  const detail = query.has('opt_fields') ? flat(jsonOf(find(`${path}/1001`, 'get')) ?? {}) : undefined;
  const full = detail && (Object.keys(detail.properties).length === 1 ? Object.values(detail.properties)[0] : detail);
  if (top.items) return rows(top.items, query, collection);
  const isRow = /\/\d+$/.test(path);
  const fill = (object, depth) => Object.fromEntries(Object.entries(object.properties).map(([name, node]) => {
    const member = flat(node);
    if (member.items && !isRow) return [name, rows(full ?? member.items, query, collection)];
    if (/total|count/i.test(name) && member.type === 'integer') return [name, ROWS];
    if (/next|prev|marker|cursor/i.test(name)) return [name, null];
    if (depth === 0 && Object.keys(member.properties).length && !isRow) return [name, fill(member, 1)];
    if (isRow && Object.keys(top.properties).length === 1) return [name, value(node, '', `${collection}/${path.split('/').at(-1)}`, collection, 0)];
    return [name, value(node, name, `${collection}/${path.split('/').at(-1)}`, collection, 1)];
  }));
  return fill(top, 0);
}

const routes = Object.entries(document.paths).map(([path, item]) => ({
  pattern: new RegExp(`^${path.split(/\{[^}]*\}/).map((part) => part.replace(/[.*+?^$()|[\]\\]/g, '\\$&')).join('[^/]+')}$`),
  fixed: path.split('/').filter((part) => part && !part.startsWith('{')).length,
  item: follow(item),
})).sort((one, other) => other.fixed - one.fixed);

/** The operation of a path. */
function find(path, method) {
  return routes.find((route) => route.pattern.test(path) && route.item[method])?.item[method];
}

/** The schema of the JSON that an operation returns. */
function jsonOf(operation) {
  const code = Object.keys(operation?.responses ?? {}).filter((one) => /^2/.test(one)).sort()[0] ?? 'default';
  const content = follow(operation?.responses?.[code]).content ?? {};
  const media = Object.entries(content).find(([type]) => type.includes('json'))?.[1];
  return media && (media.schema ?? {});
}

createServer((request, response) => {
  const url = new URL(request.url, 'http://localhost');
  const operation = find(url.pathname, request.method.toLowerCase());
  const send = (status, body) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  };
  request.resume();
  if (!operation) return send(404, { title: 'Not found' });
  if (request.method !== 'GET') return send(200, {});
  const schema = jsonOf(operation);
  return schema ? send(200, answer(schema, url.pathname, url.searchParams)) : send(406, { title: 'No JSON' });
}).listen(Number(port), '127.0.0.1', () => console.log(`sample API on http://127.0.0.1:${port}`));
