// The agent's devices, in his settings: which there are, the way to a further one, and out with one
// that was lost.
import { useEffect, useState } from "preact/hooks";
import type { TeamDevice } from "../engine/src/gen/wire.ts";
import { toHex } from "../engine/src/text.ts";
import { sayIn, type Say } from "./admin/i18n/index.ts";
import { DeviceRemoval, LinkField, sentenceOf, useBusy } from "./admin/parts.tsx";
import { thereOf } from "./admin/there.ts";
import type { ConsoleApp } from "./app.ts";

type DeviceProps = {
  readonly app: ConsoleApp;
  readonly say: Say;
  readonly device: TeamDevice;
  readonly nowMs: number;
  onDone(said: string): void;
};

function Device({ app, say, device, nowMs, onDone }: DeviceProps) {
  const own = toHex(device.device) === app.session.device.value;
  const name = device.browser || say("deviceUnnamed");
  const there = thereOf(say, { ...device, away: false }, nowMs).words;
  return (
    <li data-testid="own-device" data-own={own}>
      <p class="own-device-words">
        <bdi>{name}</bdi>
        <small>{own ? say("thisDevice") : there}</small>
      </p>
      {!own && (
        <DeviceRemoval
          say={say}
          name={name}
          label={say("removeOne", { name })}
          testid="own-device-remove"
          remove={() => app.devices.remove(device.device)}
          onDone={onDone}
        />
      )}
    </li>
  );
}

function Link({ say, link }: { say: Say; link: string }) {
  return (
    <>
      <LinkField
        say={say}
        link={link}
        label={say("otherDeviceLink")}
        line="own-device-link"
        testid="device-link"
        about="other-device-more"
      />
      <small id="other-device-more">{say("otherDeviceMore")}</small>
    </>
  );
}

export function Devices({ app }: { app: ConsoleApp }) {
  const say = sayIn(app.locale.value);
  const [link, set_link] = useState("");
  const [said, set_said] = useState("");
  const [busy, run] = useBusy();
  // Also when a device comes.
  const count = app.person.devices.value;
  useEffect(() => void app.devices.list(), [count]);
  const { devices = [], nowMs = 0 } = app.devices.page.value ?? {};
  const invite = () =>
    run(async () => {
      const made = await app.devices.invite();
      set_link(typeof made === "string" ? made : "");
      set_said(typeof made === "string" ? "" : sentenceOf(say, made));
    });
  return (
    <section class="setting own-devices">
      <h3>{say("ownDevices")}</h3>
      <small>{say("ownDevicesMore")}</small>
      <ul>
        {devices.map((device) => (
          <Device
            key={toHex(device.device)}
            app={app}
            say={say}
            device={device}
            nowMs={nowMs}
            onDone={set_said}
          />
        ))}
      </ul>
      <p role="status" data-testid="own-devices-said">
        {said}
      </p>
      {link ? (
        <Link say={say} link={link} />
      ) : (
        <button
          type="button"
          class="secondary"
          disabled={busy}
          data-testid="other-device"
          onClick={invite}
        >
          {say("otherDevice")}
        </button>
      )}
    </section>
  );
}
