// The list of domains as the desk reads it; the desk alone decides, this only explains.

/** What was typed, with names of other writing as browsers spell them (bucher with an umlaut is
 * xn--bcher-kva). The rest stays as it was, for the desk names the mistake. */
export function typedDomain(text: string): string {
  const trimmed = text.trim();
  if (!/[^\x20-\x7e]/.test(trimmed)) {
    return trimmed;
  }
  const parts = /^(https?:\/\/)?(\*\.)?([^/:@?#\s]+)(\S*)$/i.exec(trimmed);
  try {
    const [, scheme = "", star = "", host = "", rest = ""] = parts ?? [];
    return host ? scheme + star + new URL(`http://${host}`).hostname + rest : trimmed;
  } catch {
    return trimmed;
  }
}

/** Whether an entry of the list lets pages of an origin in. */
export function covers(domain: string, origin: string): boolean {
  const host = origin.slice(origin.indexOf("://") + 3);
  if (domain.includes("://")) {
    return domain === origin;
  }
  return domain.startsWith("*.") ? host.endsWith(domain.slice(1)) : domain === host;
}
