// What must survive a dead tab is kept in this browser, encrypted with a key that cannot be read out of it (AES-GCM, non-extractable).
// Without a secure context there is no such key: then it is kept in memory only, and `durable` says so.
const NAME = "afterglow";
const STORES = ["keys", "drafts", "entries"];
let opened;

export function vault() {
  opened ??= openVault().catch((error) => {
    console.warn("afterglow: nothing can be kept in this browser", error.name);
    return memoryVault();
  });
  return opened;
}

async function openVault() {
  if (!globalThis.crypto?.subtle || !globalThis.indexedDB) return memoryVault();
  const db = await new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => STORES.forEach((store) => request.result.createObjectStore(store));
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new DOMException("blocked", "InvalidStateError"));
  });
  const key = await deviceKey(db);
  return {
    durable: true,
    async put(store, id, value) {
      const iv = crypto.getRandomValues(new Uint8Array(12));
      const additionalData = new TextEncoder().encode(`${store}:${id}`);
      const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData }, key, new TextEncoder().encode(JSON.stringify(value)));
      await write(db, store, (table) => table.put({ iv, sealed }, id));
    },
    async get(store, id) {
      return unseal(key, store, id, await read(db, store, (table) => table.get(id)));
    },
    async all(store) {
      const ids = await read(db, store, (table) => table.getAllKeys());
      const values = await Promise.all(ids.map((id) => this.get(store, id)));
      return ids.map((id, index) => ({ id, value: values[index] })).filter((row) => row.value !== null);
    },
    remove: (store, id) => write(db, store, (table) => table.delete(id)),
  };
}

async function deviceKey(db) {
  const made = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  // Two tabs may start at once: the first key stays, inside one transaction.
  return new Promise((resolve, reject) => {
    const transaction = db.transaction("keys", "readwrite", { durability: "strict" });
    const table = transaction.objectStore("keys");
    let kept = made;
    const request = table.get("device");
    request.onsuccess = () => { if (request.result) kept = request.result; else table.put(made, "device"); };
    transaction.oncomplete = () => resolve(kept);
    transaction.onabort = () => reject(transaction.error);
  });
}

async function unseal(key, store, id, row) {
  if (!row) return null;
  try {
    const additionalData = new TextEncoder().encode(`${store}:${id}`);
    const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv: row.iv, additionalData }, key, row.sealed);
    return JSON.parse(new TextDecoder().decode(plain));
  } catch (error) {
    console.warn("afterglow: one kept row could not be opened", error.name);
    return null;
  }
}

function write(db, store, act) {
  return new Promise((resolve, reject) => {
    const transaction = db.transaction(store, "readwrite", { durability: "strict" });
    act(transaction.objectStore(store));
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error);
  });
}

function read(db, store, act) {
  return new Promise((resolve, reject) => {
    const request = act(db.transaction(store).objectStore(store));
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function memoryVault() {
  const stores = Object.fromEntries(STORES.map((store) => [store, new Map()]));
  return {
    durable: false,
    put: async (store, id, value) => { stores[store].set(id, structuredClone(value)); },
    get: async (store, id) => stores[store].get(id) ?? null,
    all: async (store) => [...stores[store]].map(([id, value]) => ({ id, value })),
    remove: async (store, id) => { stores[store].delete(id); },
  };
}
