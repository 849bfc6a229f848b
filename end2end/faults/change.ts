// Boards that change while the program runs: the files of an editor, and the signal.
import { renameSync, writeFileSync } from 'node:fs';
import type { World } from './world.ts';

/** The settings file of a world. */
export const file = (world: World) => `${world.folder}/boards.toml`;

/** A new file takes the place of the old one. */
export function save(world: World, text: string): void {
  writeFileSync(`${file(world)}~`, text);
  renameSync(`${file(world)}~`, file(world));
}

export function signal(world: World): void {
  world.apps.forEach(({ process: { pid } }) => process.kill(pid, 'SIGHUP'));
}
