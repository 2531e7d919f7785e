/** The actions on a message: buttons that appear on it, and their keys. */

import { el } from "./element.js";

/**
 * @typedef {import("../chat/rights.js").Deed} Deed
 * @typedef {{act: Deed, label: string, key: string, icon: string}} Tool
 */

/** @type {Tool[]} */
const TOOLS = [
  {
    act: "react",
    label: "React",
    key: "+",
    icon: "M10 3a7 7 0 1 0 0 14 7 7 0 1 0 0-14M7 11.5q3 3.5 6 0M7.6 8v.4M12.4 8v.4",
  },
  { act: "reply", label: "Reply", key: "r", icon: "M8 5 3 10l5 5M3 10h8q5 0 6 6" },
  { act: "quote", label: "Quote", key: "q", icon: "M4 5v10M8 6h8M8 10h8M8 14h5" },
  { act: "copy", label: "Copy", key: "c", icon: "M7 7h9v9H7zM13 4H4v9" },
  {
    act: "link",
    label: "Copy the address",
    key: "l",
    icon: "M9 11a3 3 0 0 0 4.5.3l2-2a3 3 0 0 0-4.2-4.2L10 6.4M11 9a3 3 0 0 0-4.5-.3l-2 2a3 3 0 0 0 4.2 4.2L10 13.6",
  },
  {
    act: "unread",
    label: "Mark unread from here",
    key: "u",
    icon: "M10 5a5 5 0 1 0 0 10 5 5 0 1 0 0-10M10 9.5v1M3 17h14",
  },
  { act: "edit", label: "Edit", key: "e", icon: "m4 13 9-9 3 3-9 9H4z" },
  { act: "remove", label: "Delete", key: "d", icon: "M4 6h12M8 6V4h4v2M6 6l.7 10h6.6L14 6" },
  { act: "pin", label: "Pin", key: "p", icon: "M8 3h4l-1 6 3 2v2H6v-2l3-2zM10 13v4" },
  { act: "unpin", label: "Unpin", key: "p", icon: "M8 3h4l-1 6 3 2v2H6v-2l3-2zM10 13v4M3 3l14 14" },
  { act: "report", label: "Report", key: "!", icon: "M5 17V4h9l-2 3 2 3H5" },
];

/** What the help shows of them: a key once, with all that it may do. */
export const TOOL_KEYS = [...new Set(TOOLS.map(({ key }) => key))].map((key) => {
  const labels = TOOLS.filter((tool) => tool.key === key).map(({ label }) => label.toLowerCase());
  return { keys: key, purpose: labels.join(" or ") };
});

const SVG = "http://www.w3.org/2000/svg";

/**
 * @param {(deed: Deed) => boolean} may what the user may do with the message
 * @returns {HTMLElement}
 */
export function toolbar(may) {
  const tools = TOOLS.filter(({ act }) => may(act));
  const bar = el("div", {
    class: "tools",
    role: "toolbar",
    "aria-label": "Message actions",
    "data-offers": tools.map(({ act }) => act).join(" "),
  });
  for (const { act, label, key, icon } of tools) {
    const title = `${label} (${key})`;
    const button = el("button", { type: "button", "data-act": act, "aria-label": label, title });
    button.tabIndex = -1; // Enter leads here; Tab must not stop at hidden buttons
    const svg = document.createElementNS(SVG, "svg");
    const path = document.createElementNS(SVG, "path");
    svg.setAttribute("viewBox", "0 0 20 20");
    path.setAttribute("d", icon);
    svg.append(path);
    button.append(svg);
    bar.append(button);
  }
  return bar;
}

/**
 * @param {string} key
 * @param {(deed: Deed) => boolean} may
 * @returns {Deed | undefined} what a key does with a message
 */
export const actOf = (key, may) => TOOLS.find((tool) => tool.key === key && may(tool.act))?.act;
