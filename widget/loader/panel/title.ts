// "(2) " before the page's title while answers wait. An invisible mark tells our own figure from
// one that the page has put there itself.
const OURS = /^\(\d+\+?\) \u200b/;

export const plainTitle = (): string => document.title.replace(OURS, "");

export function countInTitle(count: string): void {
  const title = (count && `(${count}) \u200b`) + plainTitle();
  if (title !== document.title) {
    document.title = title;
  }
}
