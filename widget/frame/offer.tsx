// The place above the composer where a card stands that the page offers.
import { useEffect, useRef } from "preact/hooks";
import type { FrameApp } from "./app.ts";
import { bring } from "./files.ts";

type Cards = typeof import("./cards.ts");

export function OfferPlace({ app, offer }: { app: FrameApp; offer: unknown }) {
  const place = useRef<HTMLDivElement>(null);
  const locale = app.locale.value;
  useEffect(() => {
    const dismiss = () => (app.offer.value = undefined);
    const show = ({ drawOffer }: Cards) => {
      if (place.current) {
        drawOffer(place.current, offer, {
          locale: () => locale,
          send: (kind, content, words) => app.sendOffer(kind, content, words),
          dismiss,
          refuse() {
            dismiss();
            app.say({ type: "error", cause: "card" });
          },
        });
      }
    };
    // Without a network it waits; the page may offer it again.
    bring<Cards>(__CARDS_URL__).then(show, () => undefined);
  }, [offer, locale]);
  return <div ref={place} />;
}
