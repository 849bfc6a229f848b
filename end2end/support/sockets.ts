// The process that has a port of this machine's IPv4 loopback address: Linux only, from /proc.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** The process with that local port, connected or listening; nothing if there is none. */
export function ownerOf(port: number, among: number[] = processes()): number | undefined {
  const socket = `socket:[${inodeOf(port)}]`;
  return among.find((pid) => openFiles(pid).includes(socket));
}

/** The child processes of a process, and theirs. */
export function descendants(pid: number): number[] {
  const children = processes().filter((each) => parentOf(each) === pid);
  return children.flatMap((child) => [child, ...descendants(child)]);
}

/** The columns of a line in the table: number, own address, the other's, state, …, and in the tenth the inode. */
function inodeOf(port: number): string | undefined {
  const lines = readFileSync('/proc/net/tcp', 'utf8').split('\n').slice(1);
  const own = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return lines.map((line) => line.trim().split(/\s+/)).find((columns) => columns[1]?.endsWith(own) && columns[9] !== '0')?.[9];
}

function processes(): number[] {
  return readdirSync('/proc').map(Number).filter(Number.isInteger);
}

/** Processes come and go, and some are not accessible. */
function openFiles(pid: number): string[] {
  return quietly(() => readdirSync(`/proc/${pid}/fd`), []).map((fd) => quietly(() => readlinkSync(`/proc/${pid}/fd/${fd}`), ''));
}

function parentOf(pid: number): number {
  // The name before it may contain spaces and parentheses.
  const stat = quietly(() => readFileSync(`/proc/${pid}/stat`, 'utf8'), ') ? 0');
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
}

function quietly<T>(look: () => T, otherwise: T): T {
  try {
    return look();
  } catch {
    return otherwise;
  }
}
