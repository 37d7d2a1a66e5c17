// Which key was pressed, and who handles it.

/** The letter on the key, on non-Latin keyboards too. @param {KeyboardEvent} event */
export function letter({ key, code }) {
  if (/^[\x20-\x7e]$/.test(key)) return key.toLowerCase();
  return key.length === 1 && code.startsWith("Key") ? code.slice(3).toLowerCase() : key;
}

/** Whether the focused element handles keys itself: a text field, a select, a dialog. @param {EventTarget | null} target */
export function writing(target) {
  return target instanceof Element && target.closest("textarea, select, dialog, [role=menu], input:not([type=range], [type=checkbox])") !== null;
}
