/**
 * Keeps parcels in the browser's database, which holds bytes; other storage holds only text.
 *
 * Where the browser allows none, as in a private window, they live as long as the page.
 */

/**
 * @typedef {import("./parcels.js").Parcel} Parcel
 * @typedef {import("./parcels.js").Shelf} Shelf
 */

const NAME = "hubbub-parcels";
const STORE = "parcels";

/** @returns {Shelf} */
export function openShelf() {
  const opened = open().catch(() => null);
  /** @param {(store: IDBObjectStore) => IDBRequest} act */
  const write = async (act) => {
    const database = await opened;
    try {
      if (database) act(database.transaction(STORE, "readwrite").objectStore(STORE));
    } catch {
      // No room for it: then it is not there at the next visit.
    }
  };
  return {
    all: async () => {
      const database = await opened;
      const kept = database && (await answer(database.transaction(STORE).objectStore(STORE).getAll()));
      return kept ?? [];
    },
    put: (parcel) => void write((store) => store.put(structuredClone(parcel), parcel.id)),
    remove: (id) => void write((store) => store.delete(id)),
  };
}

/** @returns {Promise<IDBDatabase>} */
function open() {
  const request = indexedDB.open(NAME, 1);
  request.addEventListener("upgradeneeded", () => request.result.createObjectStore(STORE));
  return answer(request);
}

/**
 * @template T
 * @param {IDBRequest<T>} request
 * @returns {Promise<T>}
 */
function answer(request) {
  return new Promise((resolve, reject) => {
    request.addEventListener("success", () => resolve(request.result));
    request.addEventListener("error", () => reject(request.error));
  });
}
