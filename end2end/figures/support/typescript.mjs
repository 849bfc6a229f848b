// Lets Node run these files directly: strips the types while loading, with the compiler that checks them. No output
// files are written, so paths relative to a file stay valid.
import { register } from 'node:module';

register('./typescript_hooks.mjs', import.meta.url);
