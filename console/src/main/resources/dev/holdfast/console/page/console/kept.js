/** What this tab keeps, for as long as it is open: nothing that another tab, or whoever comes after, could find. */
export const kept = (key) => sessionStorage.getItem(key) || null;

export function keep(key, value) {
  if (value) {
    sessionStorage.setItem(key, value);
  } else {
    sessionStorage.removeItem(key);
  }
}
