// In the place of the system's notifications: what was asked for and what was shown.
import { expect, type Page } from "@playwright/test";

export type Shown = { title: string; body: string };
export type Told = { asked: number; shown: Shown[]; click(at: number): void };

/** Takes the place of the system's notifications; the person grants them when asked. */
export async function watchNotifications(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const made: EventTarget[] = [];
    const told: Told = {
      asked: 0,
      shown: [],
      click: (at) => made[at]?.dispatchEvent(new Event("click")),
    };
    class Notification extends EventTarget {
      static get permission() {
        return localStorage.getItem("test.permission") ?? "default";
      }
      static async requestPermission() {
        told.asked++;
        localStorage.setItem("test.permission", "granted");
        return "granted";
      }
      constructor(title: string, { body }: { body: string }) {
        super();
        made.push(this);
        told.shown.push({ title, body });
      }
      close() {}
    }
    Object.assign(window, { Notification, told });
  });
}

export const toldBy = (page: Page): Promise<Pick<Told, "asked" | "shown">> =>
  page.evaluate(() => {
    const { asked, shown } = (window as unknown as { told: Told }).told;
    return { asked, shown };
  });

export const shownBy = async (page: Page): Promise<Shown[]> => (await toldBy(page)).shown;

export async function turnNotificationsOn(page: Page): Promise<void> {
  await page.getByTestId("tool-settings").click();
  await page.getByTestId("notify-ask").click();
  await expect(page.getByTestId("switch-notify")).toBeChecked();
  await page.keyboard.press("Escape");
}
