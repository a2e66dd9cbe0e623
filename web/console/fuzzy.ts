/** How well the letters of `query` stand in `text` in their order; 0 where they do not. */
export function fuzzy(query: string, text: string): number {
  const wanted = query.toLocaleLowerCase().replace(/\s+/g, "");
  const within = text.toLocaleLowerCase();
  if (!wanted) {
    return 1;
  }
  const whole = within.indexOf(wanted);
  if (whole >= 0) {
    return 100 - Math.min(whole, 50);
  }
  let at = -1;
  let gaps = 0;
  for (const letter of wanted) {
    const next = within.indexOf(letter, at + 1);
    if (next < 0) {
      return 0;
    }
    gaps += at < 0 ? 0 : next - at - 1;
    at = next;
  }
  return Math.max(1, 40 - gaps);
}
