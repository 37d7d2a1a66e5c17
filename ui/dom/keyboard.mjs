// Which key was pressed, and whom it belongs to.

/** The letter on the key, on keyboards of other alphabets too. @param {KeyboardEvent} event */
export function letter({ key, code }) {
  if (/^[\x20-\x7e]$/.test(key)) return key.toLowerCase();
  return key.length === 1 && code.startsWith("Key") ? code.slice(3).toLowerCase() : key;
}

/** Whether keys belong to what has the focus: a text that is written, a choice, a dialog. @param {EventTarget | null} target */
export function writing(target) {
  return target instanceof Element && target.closest("textarea, select, dialog, [role=menu], input:not([type=range], [type=checkbox])") !== null;
}
