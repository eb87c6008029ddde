/*
 * Opens a unit's page without a connection: the shell that was seen last, and the modules of its release.
 *
 * RELEASE, BASE, FILES and SCOPE are written before this by dashboard/views/unit.py. What the unit has to do is
 * not here: the page keeps that itself, with its age, and asks the server for it past this worker.
 */

/* global RELEASE, BASE, FILES, SCOPE */
'use strict';

const PREFIX = 'kite-unit-';
const CACHE = PREFIX + RELEASE;
/** A shell that is there already is not kept waiting for a slow network any longer. */
const PATIENCE_MS = 3_000;

self.addEventListener('install', (event) => event.waitUntil(install()));
self.addEventListener('activate', (event) => event.waitUntil(activate()));
self.addEventListener('fetch', (event) => {
  const { request } = event, url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== self.location.origin) return;
  if (url.pathname.startsWith(BASE)) event.respondWith(file(request));
  else if (request.mode === 'navigate' && url.pathname.startsWith(SCOPE)) event.respondWith(shell(event, url));
});

async function install() {
  const cache = await caches.open(CACHE);
  await cache.addAll(FILES.map((name) => BASE + name));
  // The pages that are open, and those an earlier release kept: all of them must open with this one too.
  const clients = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  const urls = new Set(clients.map((client) => plain(new URL(client.url))));
  for (const name of await olderCaches()) {
    for (const { url } of await (await caches.open(name)).keys()) urls.add(url);
  }
  const shells = [...urls].filter((url) => isShell(new URL(url)));
  await Promise.all(shells.map((url) => fetch(url).then((answer) => keep(url, answer)).catch(() => {})));
  await self.skipWaiting();
}

async function activate() {
  await Promise.all((await olderCaches()).map((name) => caches.delete(name)));
  await self.clients.claim();
}

async function olderCaches() {
  return (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== CACHE);
}

async function file(request) {
  return await (await caches.open(CACHE)).match(request, { ignoreVary: true }) ?? fetch(request);
}

/** What the server says; where it doesn't, or not in time, what was seen last. @param {any} event @param {URL} url */
async function shell(event, url) {
  const kept = await keptShell(url);
  if (kept && !self.navigator.onLine) return kept;
  const asked = fetch(event.request).then(async (answer) => {
    await keep(plain(url), answer);
    return kept && answer.status >= 500 ? kept : answer;
  });
  if (!kept) return asked;
  event.waitUntil(asked.catch(() => {}));
  const late = new Promise((resolve) => { setTimeout(resolve, PATIENCE_MS, kept); });
  return Promise.race([asked.catch(() => kept), late]);
}

/** In the language that was asked for, or else in the one there is. @param {URL} url */
async function keptShell(url) {
  const cache = await caches.open(CACHE);
  return await cache.match(plain(url), { ignoreVary: true })
    ?? cache.match(plain(url), { ignoreVary: true, ignoreSearch: true });
}

/** Keeps a shell of this release; one of another would look for modules that aren't here. */
async function keep(url, answer) {
  if (!answer.ok || answer.redirected || answer.headers.get('X-Kite-Release') !== RELEASE) return;
  await (await caches.open(CACHE)).put(url, answer.clone());
}

/** @param {URL} url */
function isShell(url) {
  return url.origin === self.location.origin && url.pathname.startsWith(SCOPE) && !url.pathname.startsWith(`${SCOPE}files/`);
}

/** Without what stands after the #. @param {URL} url */
function plain(url) {
  return url.href.split('#')[0];
}
