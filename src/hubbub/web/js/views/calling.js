/** The settings of what calls the user, and the dialogs in which they are changed. */

import { ChatError } from "../chat/errors.js";
import { openForm } from "./forms.js";

/**
 * @typedef {import("../chat/calling.js").Calling} Calling
 * @typedef {import("../chat/calling.js").Of} Of
 * @typedef {import("../chat/types.js").RoomState} RoomState
 * @typedef {import("./settings.js").Section} Section
 */

/** @type {[value: Of, label: string][]} */
const OPTIONS = [
  ["mentions", "Mentions, answers, and what is said to me alone"],
  ["everything", "Everything"],
  ["nothing", "Nothing"],
];

/**
 * @param {Calling} calling
 * @param {{allow: () => void, openIgnored: () => void}} can
 * @returns {Section}
 */
export function callingSection(calling, { allow, openIgnored }) {
  return {
    title: "Being called",
    settings: [
      {
        kind: "choice",
        label: "What calls me",
        hint: "The menu of a room has the same for that room alone.",
        options: OPTIONS,
        value: () => calling.of,
        set: (of) => (calling.of = /** @type {Of} */ (of)),
      },
      { kind: "deed", label: "Words that call me …", hint: wordsTold(calling), run: () => askWords(calling) },
      { kind: "deed", label: "Quiet hours …", hint: quietTold(calling), run: () => askQuiet(calling) },
      {
        kind: "switch",
        label: "With a sound",
        value: () => calling.hasSound,
        set: (isOn) => (calling.hasSound = isOn),
      },
      { kind: "deed", label: "Show notifications", hint: permissionTold(), run: allow },
      { kind: "deed", label: "People whom I do not hear …", run: openIgnored },
    ],
  };
}

/** @param {Calling} calling */
const wordsTold = ({ words }) => (words.length ? `Now: ${words.join(", ")}.` : "Besides my name.");

/** @param {Calling} calling */
const quietTold = ({ quiet }) => (quiet ? `Now: ${quiet}. Nothing calls me then.` : "None now.");

/** @returns {string} whether this browser shows notifications, and else what helps */
export function permissionTold() {
  if (!window.isSecureContext)
    return (
      "Browsers show them only for pages that come over https, or from this machine. " +
      "Whoever runs the chatroom can give it an address with https."
    );
  if (!("Notification" in window)) return "This browser has none.";
  if (Notification.permission === "denied")
    return "This browser was told to show none. Its settings for this page change that.";
  return Notification.permission === "granted" ? "This browser shows them." : "The browser asks you first.";
}

/** @param {Calling} calling */
function askWords(calling) {
  return openForm({
    title: "Words that call me",
    verb: "Save",
    hint: "They count as a mention, such as the name of a project. Separate them by commas.",
    fields: [{ label: "Words", type: "text", value: calling.words.join(", "), isOptional: true }],
    act: async (words = "") => {
      calling.words = words.split(",");
    },
  });
}

/** @param {Calling} calling */
function askQuiet(calling) {
  return openForm({
    title: "Quiet hours",
    verb: "Save",
    hint: "Nothing calls you then. Leave it empty to have none.",
    fields: [
      { label: "From and to, as in 22:00-07:00", type: "text", value: calling.quiet, isOptional: true },
    ],
    act: async (hours = "") => {
      try {
        calling.quiet = hours.replace(/\s/g, "").replace("–", "-");
      } catch {
        throw new ChatError("bad_time", `'${hours}' is no time. Write when it begins and ends: 22:00-07:00.`);
      }
    },
  });
}

/** Ask what calls the user in a room. @param {Calling} calling @param {RoomState} room */
export function askInRoom(calling, { name, title }) {
  return openForm({
    title: `What calls me in ${title}`,
    verb: "Save",
    fields: [
      {
        label: "What calls me",
        type: "select",
        options: [["default", "As in all rooms"], ...OPTIONS],
        value: calling.inRoom(name),
      },
    ],
    act: async (of) => calling.setRoom(name, /** @type {Of | "default"} */ (of)),
  });
}

const BEEP_SECONDS = 0.25;

/** Have a short sound heard, if the browser allows it. */
export function beep() {
  try {
    const context = new AudioContext();
    const [tone, volume] = [context.createOscillator(), context.createGain()];
    tone.frequency.value = 660;
    volume.gain.setValueAtTime(0.15, context.currentTime);
    volume.gain.exponentialRampToValueAtTime(0.001, context.currentTime + BEEP_SECONDS);
    tone.connect(volume).connect(context.destination);
    tone.start();
    tone.stop(context.currentTime + BEEP_SECONDS);
    tone.addEventListener("ended", () => void context.close());
  } catch {
    // a browser without sound
  }
}
