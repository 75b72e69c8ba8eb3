/** A link that signs in carries its token behind the #, which no browser sends anywhere. */

/** Who a token says it is of. It is only shown: the server decides what it is worth. */
export interface LinkToken {
  readonly token: string;
  readonly userId: string;
  readonly role: string;
}

/** Takes the token out of the address, so that it is neither in the history nor on the screen. Null where there is none. */
export function takeLinkToken(): LinkToken | 'unreadable' | null {
  const token = new URLSearchParams(location.hash.slice(1)).get('token');
  if (token === null) return null;
  history.replaceState(history.state, '', location.pathname + location.search);
  return readToken(token) ?? 'unreadable';
}

function readToken(token: string): LinkToken | null {
  try {
    const part = (token.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/');
    const claims: unknown = JSON.parse(atob(part));
    if (typeof claims !== 'object' || claims === null || !('sub' in claims)) return null;
    const role = 'role' in claims && typeof claims.role === 'string' ? claims.role : 'no role';
    return { token, userId: String(claims.sub), role };
  } catch {
    return null;
  }
}
