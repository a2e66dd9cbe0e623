import type { ComponentChildren } from "preact";
import { Icon } from "../ui/src/icons.tsx";
import { clockTime, dayName, fullTime } from "../ui/src/time.ts";
import type { ConsoleApp } from "./app.ts";
import { webAddress, type Customer, type Look } from "./customers.ts";
import { Sign, type SignName } from "./icons.tsx";
import { ofSamePerson, type Row } from "./inbox.ts";
import { TagsOf } from "./tags_view.tsx";

type PartProps = { name: SignName; title: string; testid?: string; children: ComponentChildren };

function Part({ name, title, testid, children }: PartProps) {
  return (
    <section class="part" data-testid={testid}>
      <h3>
        <Sign name={name} />
        {title}
      </h3>
      {children}
    </section>
  );
}

function PagePart({ app, row, look }: { app: ConsoleApp; row: Row; look: Look | undefined }) {
  const { t } = app;
  const title = look?.title || row.pageTitle;
  const address = webAddress(look?.url ?? "");
  return (
    <Part name="page" title={t("pageNow")} testid="customer-page">
      {title && (
        <p>
          <bdi>{title}</bdi>
        </p>
      )}
      {address && (
        <p class="address" title={t("copyAddress")}>
          <bdi>{address}</bdi>
        </p>
      )}
      {!title && !address && <p class="soft">{t("pageNone")}</p>}
    </Part>
  );
}

function ProductPart({ app, look }: { app: ConsoleApp; look: Look }) {
  const { t } = app;
  const { product } = look;
  if (!product?.name) {
    return null;
  }
  return (
    <Part name="bag" title={t("product")} testid="customer-product">
      <p class="line">
        <bdi>{product.name}</bdi>
        {product.price && <strong>{product.price}</strong>}
      </p>
      {product.sku && <p class="soft">{t("sku", { sku: product.sku })}</p>}
    </Part>
  );
}

function CartPart({ app, look }: { app: ConsoleApp; look: Look }) {
  const { t } = app;
  const { cart } = look;
  if (!cart?.items.length) {
    return null;
  }
  return (
    <Part name="bag" title={t("cart")} testid="customer-cart">
      <ul class="cart">
        {cart.items.map((item, index) => (
          <li key={index} class="line">
            <span>{t("cartLine", { name: item.name, n: item.quantity })}</span>
            {item.price && <bdi>{item.price}</bdi>}
          </li>
        ))}
      </ul>
      {cart.total && <p class="line total">{t("cartTotal", { total: cart.total })}</p>}
    </Part>
  );
}

function languageName(locale: string, tag: string): string {
  try {
    return new Intl.DisplayNames([locale], { type: "language" }).of(tag) ?? tag;
  } catch {
    return tag;
  }
}

type AboutProps = { app: ConsoleApp; row: Row; customer: Customer; more: boolean; now: number };

function AboutPart({ app, row, customer, more, now }: AboutProps) {
  const { t } = app;
  const locale = app.locale.value;
  const tag = customer.look?.locale || row.locale;
  const { firstMs } = customer;
  const day = (ms: number) => `${dayName(t, locale, ms, now)} ${clockTime(locale, ms)}`;
  return (
    <section class="part facts">
      <dl>
        {tag && (
          <>
            <dt>{t("language")}</dt>
            <dd>{languageName(locale, tag)}</dd>
          </>
        )}
        {customer.look?.device && (
          <>
            <dt>{t("device")}</dt>
            <dd>
              <bdi>{customer.look.device}</bdi>
            </dd>
          </>
        )}
        {firstMs > 0 && (
          <>
            <dt>{t(more ? "shownSince" : "firstSeen")}</dt>
            <dd title={fullTime(locale, firstMs)}>{day(firstMs)}</dd>
          </>
        )}
      </dl>
    </section>
  );
}

function EarlierPart({ app, row, now }: { app: ConsoleApp; row: Row; now: number }) {
  const { t } = app;
  const locale = app.locale.value;
  const others = ofSamePerson(app.inbox.rows.value, row);
  const title = t(row.subject ? "earlierOfCustomer" : "earlierTalks");
  return (
    <Part name="history" title={title} testid="customer-earlier">
      {others.length === 0 && <p class="soft">{t("earlierNone")}</p>}
      <ul class="earlier-talks">
        {others.map((other) => (
          <li key={other.key}>
            <button type="button" class="earlier-talk" onClick={() => app.open(other)}>
              <span>
                <bdi>{other.preview}</bdi>
              </span>
              <time>{dayName(t, locale, other.timeMs, now)}</time>
            </button>
          </li>
        ))}
      </ul>
    </Part>
  );
}

/** Anonymous, or whom the shop's own login has named. */
function Who({ app, row }: { app: ConsoleApp; row: Row }) {
  const { t } = app;
  const { subject, subjectName } = row;
  return (
    <p class={subject ? "identity known" : "identity"} data-testid="identity">
      {subject ? <Icon name="seal" /> : <Sign name="person" />}
      <span>
        <strong>{subject ? t("loginConfirmed") : t("anonymous")}</strong>
        {subject ? t("loginConfirmedMore") : t("anonymousMore")}
        {subject && subjectName && (
          <span class="subject">
            {t("loginSubject")} <bdi>{subject}</bdi>
          </span>
        )}
      </span>
    </p>
  );
}

export function CustomerPanel({ app, row, now }: { app: ConsoleApp; row: Row; now: number }) {
  const { t } = app;
  const customer = app.customers.of(row.key);
  const { look } = customer;
  const more = app.conversation.value?.more ?? true;
  const fold = t("hideCustomer");
  return (
    <aside class="customer" aria-label={t("customerPanel")} data-testid="customer">
      <header class="customer-head">
        <h2>
          <bdi>{app.nameOf(row)}</bdi>
        </h2>
        <button
          type="button"
          class="icon-button"
          aria-label={fold}
          title={fold}
          onClick={() => app.foldCustomer()}
        >
          <Icon name="cross" />
        </button>
      </header>
      <Who app={app} row={row} />
      <Part name="tag" title={t("tags")} testid="customer-tags">
        <TagsOf key={row.key} app={app} row={row} />
      </Part>
      <PagePart app={app} row={row} look={look} />
      {look && <ProductPart app={app} look={look} />}
      {look && <CartPart app={app} look={look} />}
      <AboutPart app={app} row={row} customer={customer} more={more} now={now} />
      <EarlierPart app={app} row={row} now={now} />
    </aside>
  );
}
