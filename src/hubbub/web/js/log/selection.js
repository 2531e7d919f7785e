/**
 * Selecting and copying messages.
 *
 * A selection may be longer than the few rows that are in the page. The browser drops it when a row
 * in which it begins or ends goes, so these two stay in the page while it lasts (`heldBy`). Copied
 * are not the rows between them but the messages themselves.
 */

/** @typedef {import("./log-view.js").LogView} LogView */

/** @returns {Node[]} in which the selection begins and ends; none if nothing is selected */
export function heldBy(selection = getSelection()) {
  if (!selection || selection.isCollapsed) return [];
  return [selection.anchorNode, selection.focusNode].filter((node) => node !== null);
}

/**
 * @param {HTMLElement} one
 * @param {HTMLElement} other
 * @param {boolean} isUpwards whether `other` stands above
 */
export function select(one, other, isUpwards) {
  const [from, to] = isUpwards ? [one.childNodes.length, 0] : [0, other.childNodes.length];
  getSelection()?.setBaseAndExtent(one, from, other, to);
}

/**
 * Change the content of an element without losing a selection that begins or ends in it.
 *
 * @param {HTMLElement} element
 * @param {() => void} change
 */
export function selectionKept(element, change) {
  const selection = getSelection();
  const [isAnchor, isFocus] = [selection?.anchorNode, selection?.focusNode].map(
    (node) => node && element.contains(node),
  );
  const isUpwards = selection !== null && isBackward(selection);
  change();
  if (!selection?.anchorNode || !selection.focusNode || isAnchor === isFocus) return;
  const { anchorNode, anchorOffset, focusNode, focusOffset } = selection;
  const end = element.childNodes.length;
  if (isAnchor) selection.setBaseAndExtent(element, isUpwards ? end : 0, focusNode, focusOffset);
  else selection.setBaseAndExtent(anchorNode, anchorOffset, element, isUpwards ? 0 : end);
}

/** @param {Selection} selection */
function isBackward({ anchorNode, anchorOffset, focusNode, focusOffset }) {
  if (!anchorNode || !focusNode) return false;
  if (anchorNode === focusNode) return focusOffset < anchorOffset;
  const place = anchorNode.compareDocumentPosition(focusNode);
  return (place & Node.DOCUMENT_POSITION_PRECEDING) !== 0;
}

/**
 * Copy what was said: whole messages, a line each, or the selected words of a single one.
 *
 * @param {HTMLElement} log
 * @param {LogView} view
 */
export function listenToCopying(log, view) {
  document.addEventListener("copy", (event) => {
    const isField = event.target instanceof Element && event.target.matches("input, textarea");
    const text = isField ? "" : selectedText(log, view);
    if (!text || !event.clipboardData) return;
    event.clipboardData.setData("text/plain", text);
    event.preventDefault();
  });
}

/**
 * @param {HTMLElement} log
 * @param {LogView} view
 * @returns {string} "" if the selection is not the log's
 */
function selectedText(log, view) {
  const selection = getSelection();
  if (!selection?.rangeCount || selection.isCollapsed) return "";
  const range = selection.getRangeAt(0);
  if (!range.intersectsNode(log)) return "";
  // "Select all" of the browser's menu begins above all rows and ends below them.
  const rows = /** @type {Node} */ (log.querySelector(".log-window"));
  const isAll = [0, rows.childNodes.length].every((place) => range.isPointInRange(rows, place));
  if (isAll) return view.lines();
  const texts = [...log.querySelectorAll(".text, .gone")];
  const chosen = texts.flatMap((text) => within(range, text) ?? []);
  const [first, last] = [chosen.at(0), chosen.at(-1)];
  if (!first || !last) return "";
  if (first === last) return wordsOf(selection, first);
  const [from, to] = [first, last].map(({ startContainer }) => view.keyAt(startContainer));
  return from === undefined || to === undefined ? "" : view.lines(from, to);
}

/**
 * @param {Range} range
 * @param {Element} element
 * @returns {Range | null} the part of the range that is in the element; null if that holds no text
 */
function within(range, element) {
  if (!range.intersectsNode(element)) return null;
  const part = document.createRange();
  part.selectNodeContents(element);
  if (range.compareBoundaryPoints(Range.START_TO_START, part) > 0)
    part.setStart(range.startContainer, range.startOffset);
  if (range.compareBoundaryPoints(Range.END_TO_END, part) < 0)
    part.setEnd(range.endContainer, range.endOffset);
  return part.toString().trim() ? part : null;
}

/**
 * @param {Selection} selection
 * @param {Range} range a part of it
 * @returns {string} with its line ends, which only a selection knows
 */
function wordsOf(selection, range) {
  const { anchorNode, anchorOffset, focusNode, focusOffset } = selection;
  if (!anchorNode || !focusNode) return "";
  selection.setBaseAndExtent(range.startContainer, range.startOffset, range.endContainer, range.endOffset);
  const words = selection.toString();
  selection.setBaseAndExtent(anchorNode, anchorOffset, focusNode, focusOffset);
  return words;
}
