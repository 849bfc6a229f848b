// A private certificate authority and one certificate for the addresses of a stack, created each time with the openssl
// command.
import { execFile } from 'node:child_process';
import { createHash, X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Credentials } from './proxy.ts';

const run = promisify(execFile);
const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

/** Only the certificate is passed to servers. The browser trusts it by its key, programs by its authority. */
export class Authority implements Credentials {
  private constructor(
    private readonly folder: string,
    /** The authority's own certificate, for clients that should trust it. */
    readonly caFile: string,
    readonly ca: string,
    readonly key: string,
    readonly cert: string,
  ) {}

  static async make(): Promise<Authority> {
    const folder = await mkdtemp(join(tmpdir(), 'claimcheck-ca-'));
    const file = (name: string) => join(folder, name);
    const openssl = (...args: string[]) => run('openssl', args);
    await writeFile(file('ca.cnf'), '[req]\ndistinguished_name=name\nprompt=no\n[name]\nCN=Claimcheck tests\n' +
      '[ca]\nbasicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\nsubjectKeyIdentifier=hash\n');
    await writeFile(file('leaf.ext'), 'basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\n' +
      'extendedKeyUsage=serverAuth\nsubjectAltName=DNS:localhost,DNS:dashboard.example.com,DNS:intranet.example.com,IP:127.0.0.1,IP:127.0.0.2\n');
    const request = ['req', '-config', file('ca.cnf'), ...KEY];
    await openssl(...request, '-x509', '-extensions', 'ca', '-days', '2', '-keyout', file('ca.key'), '-out', file('ca.pem'));
    await openssl(...request, '-subj', '/CN=localhost', '-keyout', file('leaf.key'), '-out', file('leaf.csr'));
    await openssl('x509', '-req', '-in', file('leaf.csr'), '-CA', file('ca.pem'), '-CAkey', file('ca.key'), '-CAcreateserial',
      '-days', '2', '-extfile', file('leaf.ext'), '-out', file('leaf.pem'));
    const [ca, key, cert] = await Promise.all(['ca.pem', 'leaf.key', 'leaf.pem'].map((name) => readFile(file(name), 'utf8')));
    return new Authority(folder, file('ca.pem'), ca!, key!, cert!);
  }

  /** Makes Chromium trust this certificate, and no other untrusted one. */
  chromiumArgument(): string {
    const key = new X509Certificate(this.cert).publicKey.export({ type: 'spki', format: 'der' });
    return `--ignore-certificate-errors-spki-list=${createHash('sha256').update(key).digest('base64')}`;
  }

  async forget(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}
