// A page of the book with settings, commands or configurations, with the addresses of this run. The tests run what the page
// says, so that page and test cannot differ.
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';

export class Guide {
  private readonly lines: string[];

  /** The page of that name in a folder of `docs/`, with each key of `replace` replaced by its value. */
  constructor(page: string, replace: Record<string, string>, folder = 'providers') {
    let text = readFileSync(new URL(`../../../docs/${folder}/${page}.md`, import.meta.url), 'utf8');
    for (const [written, actual] of Object.entries(replace)) text = text.replaceAll(written, actual);
    this.lines = text.split('\n');
  }

  /** All TOML below a heading, up to the next heading: of the page's title, the settings file. */
  settings(heading: string): string {
    return this.blocks(heading, 'toml');
  }

  /** All shell commands below a heading, up to the next heading. */
  commands(heading: string): string {
    return this.blocks(heading, 'sh');
  }

  /** The configuration of another program below a heading. */
  configuration(heading: string): string {
    return this.blocks(heading, 'text');
  }

  /** Fails if the page does not contain the text, such as the version that is tested. */
  mustName(text: string): void {
    if (!this.lines.join('\n').includes(text)) throw new Error(`the page does not name ${text}`);
  }

  private blocks(heading: string, language: string): string {
    const found: string[] = [];
    let isBelow = false;
    let open: string | undefined;
    for (const line of this.lines) {
      if (line.startsWith('```')) {
        open = open === undefined ? line.slice(3) : undefined;
      } else if (open === undefined) {
        if (/^#+ /.test(line)) isBelow = line.replace(/^#+ /, '') === heading;
      } else if (isBelow && open === language) {
        found.push(line);
      }
    }
    if (found.length === 0) throw new Error(`the page has no ${language} below "${heading}"`);
    return `${found.join('\n')}\n`;
  }
}

/** Runs commands of a page in a shell that stops at the first failure; returns what they print. */
export async function runCommands(commands: string, env: Record<string, string>): Promise<string> {
  const { PATH = '', HOME = '' } = process.env;
  try {
    const { stdout } = await promisify(execFile)('bash', ['--norc', '-euo', 'pipefail', '-c', commands], {
      env: { PATH, HOME, ...env },
      timeout: 90_000,
    });
    return stdout;
  } catch (error) {
    const { stderr, stdout } = error as { stderr?: string; stdout?: string };
    throw new Error(`a command of the page failed: ${stderr ?? error}\n${stdout ?? ''}`);
  }
}
