import { readFileSync } from 'node:fs';
import { parseAst } from 'vite';

/** A test as its source names it; in an `.each` the title is a pattern, and `texts` are what its rows may put in. */
interface Titled { readonly path: readonly string[]; readonly texts: ReadonlySet<string> | undefined }
type Node = Record<string, any>;

/**
 * Whether a source has a test of exactly this name: the titles of its describes and its own, with " > " between. Read
 * from the syntax tree, so that nothing has to run. A text scenario's name is its first line.
 */
export function hasTest(file: string, name: string): boolean {
  if (file.endsWith('.txt')) return readFileSync(file, 'utf8').split('\n', 1)[0] === `# ${name}`;
  return titlesOf(file).some((titled) => fits(titled, name));
}

const known = new Map<string, readonly Titled[]>();

function titlesOf(file: string): readonly Titled[] {
  const before = known.get(file);
  if (before) return before;
  const titles = [...walk(parseAst(readFileSync(file, 'utf8'), { lang: 'ts' }) as Node, [], undefined)];
  known.set(file, titles);
  return titles;
}

/** Every it and test below a node, with the describes around it. */
function* walk(node: Node, path: readonly string[], texts: ReadonlySet<string> | undefined): Generator<Titled> {
  const call = node.type === 'CallExpression' ? testCall(node) : undefined;
  if (call) {
    const inner = [...path, call.title];
    const rows = call.rows ? rowTexts(call.rows, texts) : texts;
    if (call.kind !== 'describe') yield { path: inner, texts: rows };
    else for (const argument of node.arguments.slice(1)) yield* walk(argument, inner, rows);
    return;
  }
  for (const child of children(node)) yield* walk(child, path, texts);
}

/** describe('…'), it.skipIf(x)('…'), test.each([…])('…'): the kind, the title and what the rows are made of. */
function testCall({ callee, arguments: [title] }: Node): { kind: string; title: string; rows: Node | undefined } | undefined {
  let rows: Node | undefined;
  let root: Node = callee;
  for (;;) {
    if (root.type === 'MemberExpression') root = root.object;
    else if (root.type === 'CallExpression') {
      if (root.callee.property?.name === 'each') rows = { type: 'Rows', arguments: root.arguments };
      root = root.callee;
    } else break;
  }
  if (root.type !== 'Identifier' || !['describe', 'it', 'test'].includes(root.name)) return undefined;
  if (title?.type === 'Literal') return { kind: root.name, title: String(title.value), rows };
  // what a template puts in is not known here: any text
  return title?.type === 'TemplateLiteral' ? { kind: root.name, title: title.quasis.map((part: Node) => part.value.cooked).join('%o'), rows } : undefined;
}

/** The texts in the rows; undefined, which is any, when the rows stand elsewhere under a name. */
function rowTexts(rows: Node, outer: ReadonlySet<string> | undefined): ReadonlySet<string> | undefined {
  const own = new Set([...(outer ?? []), ...textsIn(rows)]);
  return own.size > 0 ? own : undefined;
}

function* textsIn(node: Node): Generator<string> {
  if (node.type === 'Literal' && typeof node.value === 'string') yield node.value;
  for (const child of children(node)) yield* textsIn(child);
}

function* children(node: Node): Generator<Node> {
  for (const value of Object.values(node)) for (const child of [value].flat()) if (typeof child?.type === 'string') yield child;
}

/** What a row puts in: a text that the rows have, or something that is no text (%j, %o, a number). */
const PLACE = /%[sdifjo]|\$\w+/g;

function fits({ path, texts }: Titled, name: string): boolean {
  const title = path.join(' > ');
  if (title === name) return true;
  const places = title.match(PLACE);
  if (!places) return false;
  const pattern = title.split(PLACE).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('(.*?)');
  const put = new RegExp(`^${pattern}$`, 's').exec(name)?.slice(1);
  const known = (text: string): boolean => texts === undefined || texts.has(text) || text === 'undefined' || /^\d+$/.test(text);
  return put?.every((text, n) => places[n] !== '%s' || known(text)) ?? false;
}
