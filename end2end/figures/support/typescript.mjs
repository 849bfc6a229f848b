// Lets Node run these files as they stand: strips the types on the way in, with the compiler that checks them.
// Nothing is written beside the sources, so addresses relative to a file stay true.
import { register } from 'node:module';

register('./typescript_hooks.mjs', import.meta.url);
