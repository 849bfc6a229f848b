// Keycloak's admin REST API, for what the page does not say: users, lifetimes, events, keys.

interface Event {
  type: string;
  clientId?: string;
  error?: string;
}

export class Admin {
  private token = '';
  private goodUntil = 0;

  constructor(
    private readonly origin: string,
    private readonly realm: string,
    private readonly password: string,
  ) {}

  /** Another server process does not know the earlier tokens' sessions yet. */
  forgetToken(): void {
    this.goodUntil = 0;
  }

  createRealm(): Promise<unknown> {
    return this.request('POST', '/admin/realms', { realm: this.realm, enabled: true });
  }

  get<T>(path: string): Promise<T> {
    return this.request('GET', this.path(path)) as Promise<T>;
  }

  post(path: string, body?: object): Promise<unknown> {
    return this.request('POST', this.path(path), body);
  }

  put(path: string, body: object): Promise<unknown> {
    return this.request('PUT', this.path(path), body);
  }

  delete(path: string): Promise<unknown> {
    return this.request('DELETE', this.path(path));
  }

  /** Changes members of the realm, and leaves the others. */
  realmIs(changes: object): Promise<unknown> {
    return this.request('PUT', `/admin/realms/${this.realm}`, { realm: this.realm, ...changes });
  }

  async userId(username: string): Promise<string> {
    const [user] = await this.get<{ id: string }[]>(`/users?username=${username}&exact=true`);
    if (!user) throw new Error(`Keycloak has no user ${username}`);
    return user.id;
  }

  /** How many events of this type were recorded since they were cleared. */
  async events(type: string): Promise<Event[]> {
    return this.get<Event[]>(`/events?type=${type}&max=1000`);
  }

  private path(path: string): string {
    return `/admin/realms/${this.realm}${path}`;
  }

  private async request(method: string, path: string, body?: object): Promise<unknown> {
    const answer = await fetch(this.origin + path, {
      method,
      headers: { authorization: `Bearer ${await this.accessToken()}`, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return text ? JSON.parse(text) : undefined;
  }

  private async accessToken(): Promise<string> {
    if (Date.now() < this.goodUntil) return this.token;
    const answer = await fetch(`${this.origin}/realms/master/protocol/openid-connect/token`, {
      method: 'POST',
      body: new URLSearchParams({ grant_type: 'password', client_id: 'admin-cli', username: 'admin', password: this.password }),
    });
    if (!answer.ok) throw new Error(`Keycloak's administrator cannot log in: ${answer.status} ${await answer.text()}`);
    const { access_token, expires_in } = (await answer.json()) as { access_token: string; expires_in: number };
    this.token = access_token;
    this.goodUntil = Date.now() + (expires_in / 2) * 1_000;
    return this.token;
  }
}
