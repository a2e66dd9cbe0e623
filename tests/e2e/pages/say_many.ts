import type { ShopPage } from "./shop_page.ts";

/** As a person writes who is very quick: one message in two frames. `#` is its number. */
export async function sayMany({ composer }: ShopPage, count: number, words = "#."): Promise<void> {
  await composer.evaluate(
    async (node, [last, text]) => {
      const field = node as HTMLTextAreaElement;
      const drawn = () => new Promise((done) => requestAnimationFrame(done));
      for (let n = 1; n <= last; n++) {
        field.value = text.replace("#", String(n));
        field.dispatchEvent(new Event("input", { bubbles: true }));
        await drawn();
        await drawn();
        field.form?.requestSubmit();
        await drawn();
      }
    },
    [count, words] as const,
  );
}
