/** The wall put together: one loop twice a second, in which each panel writes what has changed. */

import { AlarmLine } from './alarm-line.mjs';
import { Alarms } from './alarms.mjs';
import { shift } from './burn-in.mjs';
import { CaseWords } from './case-words.mjs';
import { CasesPanel } from './cases-panel.mjs';
import { Feeds } from './feeds.mjs';
import { Figures } from './figures.mjs';
import { HeldPanel } from './held-panel.mjs';
import { IndexPanel } from './index-panel.mjs';
import { Interruption } from './interruption.mjs';
import { LoopPanel, loopOf } from './loop-panel.mjs';
import { forgetRooms, mark, put, show } from './put.mjs';
import { RankingPanel } from './ranking-panel.mjs';
import { Release } from './release.mjs';
import { Reloads, serverIsReady } from './reloads.mjs';
import { RingsPanel, ringsOf } from './rings-panel.mjs';
import { SceneMap } from './scene-map.mjs';
import { Playlist, askedOf, regionsOf } from './scenes.mjs';
import { WatchPanel } from './watch-panel.mjs';
import { Watchdog } from './watchdog.mjs';
import { YesterdayPanel } from './yesterday-panel.mjs';
import { summary } from '../kite/summary.mjs';

const EVERY_MS = 500;
/** A new case is looked at at once, but not more often than this. */
const LEAST_MS = 200;
/** A panel that fails for so long is no panel any more: the guard loads the page anew. */
const FAILING_MS = 60_000;

/**
 * @typedef {object} Context What a panel is told twice a second.
 * @property {number} now The server's clock, ms.
 * @property {import('./scenes.mjs').Turn} turn
 * @property {any} summary Of the region that the scene is about (assets/kite/summary.mjs).
 * @property {any} own Of the screen's own region.
 * @property {import('./figures.mjs').WallFigures|null} figures Of the scene's region.
 * @property {import('./figures.mjs').WallFigures|null} ownFigures
 * @property {any[]} cases Open cases.
 * @property {ReturnType<typeof loopOf>} loop
 * @property {ReturnType<typeof ringsOf>} rings
 * @property {Set<string>} stale Feeds that are silent.
 * @property {(code: string) => boolean} isSilent Whether a region lies under a feed that is silent.
 * @property {import('./alarms.mjs').AlarmFigures} alarms
 * @property {Interruption} interruption
 */

const byId = (id) => document.getElementById(id);

export class Wall {
  /** @param {any} kite With its map. @param {any} L Leaflet @param {import('./words.mjs').Words} words */
  constructor(kite, L, words) {
    const { page } = words, asked = askedOf(window.location.search);
    Object.assign(this, { kite, words, asked });
    const about = new CaseWords(kite, words);
    this.map = new SceneMap(L, kite, about, page.scenes[0].layers);
    this.reloads = new Reloads(window.sessionStorage, () => serverIsReady(page.root), () => window.location.reload());
    this.release = new Release(page.release, this.reloads);
    this.figures = new Figures(kite.base, (release) => { this.release.hear(release, Date.now()); });
    this.interruption = new Interruption(page.interruption);
    this.alarms = new Alarms(page.alarms, window.localStorage, `kite.wall.alarms.${asked.screen ?? asked.scene ?? ''}`);
    this.playlist = new Playlist(page.scenes, (scene) => this._regionsOf(scene), asked);
    const nameOf = (code) => kite.store.hierarchy.name(Math.max(0, kite.store.hierarchy.number(code)), kite.config.lang);
    this.feeds = new Feeds({ feeds: byId('wall-feeds'), banner: byId('wall-banner') }, kite.ages, words, nameOf);
    const { selected, alarm, ground } = kite.config.palette;
    this.watchdog = new Watchdog(words, { ground, alarm, text: selected }, () => kite.ages.serverNow());
    this.panels = this._panels(about);
    /** What is shown: the scene and its region, or the case. */
    this.shown = '';
    this.round = 0;
  }

  _panels(about) {
    const { words, kite } = this, { hierarchy } = kite.store;
    const names = (r) => hierarchy.path(r).slice(0, 2).map((at) => hierarchy.name(at, kite.config.lang)).join(' ');
    const places = { whereIs: (code) => names(Math.max(0, hierarchy.number(code))) };
    return [
      new HeldPanel(byId('wall-held'), words, about),
      new IndexPanel(byId('wall-index'), words),
      new RankingPanel(byId('wall-ranking'), words),
      new CasesPanel(byId('wall-case'), byId('wall-cases'), words, about),
      new LoopPanel(byId('wall-loop'), words),
      new RingsPanel(byId('wall-rings'), byId('wall-gaps'), words),
      new WatchPanel(byId('wall-watch'), words),
      new YesterdayPanel(byId('wall-yesterday'), words, places),
      new AlarmLine(byId('wall-alarms'), words),
    ].map((panel) => ({ panel, failingSince: 0 }));
  }

  start() {
    const { kite } = this;
    kite.panels.stop(); // the wall's own panels read the store themselves
    this.watchdog.start();
    this.figures.start();
    kite.store.onCases = () => this._wake();
    document.addEventListener('keydown', (event) => this._key(event));
    addEventListener('resize', forgetRooms);
    addEventListener('pagehide', () => this.alarms.save(kite.ages.serverNow()));
    setInterval(() => this.tick(true), EVERY_MS);
    this.tick(true);
  }

  /** Cases have changed: a grave one must not wait for the next round. */
  _wake() {
    this._waking ??= setTimeout(() => {
      this._waking = undefined;
      this.tick(false);
    }, LEAST_MS);
  }

  /** @param {boolean} isRound Every second one lets the panels write; in between, what has changed on top. */
  tick(isRound) {
    const { kite, interruption, words } = this, now = kite.ages.serverNow();
    const cases = [...kite.store.cases.values()], { stale } = this.feeds;
    const held = interruption.current;
    interruption.follow(kite.store.cases, now);
    this.alarms.follow(cases, this.feeds.alarms(stale), now);
    const turn = this._turn(now), isNew = this._enter(turn);
    if (isRound) this.round++;
    if (isNew || held !== interruption.current || (isRound && this.round % 2 === 0)) this._write(this._context(turn, cases, stale, now));
    put(byId('wall-clock'), words.time(now));
    this.feeds.tick(stale, this.figures.age(this._code(kite.store.scope)));
    this.map.keepClear(cases, words.page.alarms.levels);
    if (interruption.shown) this.map.follow(interruption.shown.item);
    shift(/** @type {HTMLElement} */ (document.querySelector('.wall-page')), Date.now());
    this.watchdog.round();
    if (this.panels.every(({ failingSince }) => !failingSince || performance.now() - failingSince < FAILING_MS)) {
      window.kiteWallGuard.aliveAt = performance.now();
    }
  }

  /** The playlist stands still while a case is on top. @param {number} now */
  _turn(now) {
    if (!this.interruption.shown || !this.playlist.turn) return this.playlist.tick(now);
    this.playlist.resume(now);
    return this.playlist.turn;
  }

  /** Show the scene, or the case that interrupts it, where it is another than before. @returns {boolean} whether it is */
  _enter(turn) {
    const { interruption, alarms, kite, words } = this, held = interruption.shown;
    // In a flood the map stays with the whole: it does not jump from one case to the next.
    const isFar = held && alarms.isFlood;
    const shown = held ? (isFar ? 'flood' : `case ${held.item.id}`) : `${turn.scene.slug} ${turn.region}`;
    const isNew = shown !== this.shown;
    this.shown = shown;
    if (isNew) {
      forgetRooms();
      mark(document.documentElement, 'scene', held ? 'case' : turn.scene.slug);
      if (held && !isFar) this.map.showCase(held.item);
      else this.map.show(held ? { scene: this.playlist.fallback, region: kite.store.scope } : turn);
    }
    const name = held ? words.say('wall.scene.case') : words.say(`wall.scene.${turn.scene.slug}`, { place: kite.store.hierarchy.name(turn.region, kite.config.lang) });
    put(byId('wall-scene'), words.say(this.playlist.paused && !held ? 'wall.header.paused' : 'wall.header', { scene: name }));
    show(byId('wall-simulated'), Boolean(kite.ages.last?.simulated ?? kite.store.clock?.simulated));
    return isNew;
  }

  /** @returns {Context} */
  _context(turn, cases, stale, now) {
    const { kite } = this, { store, config } = kite, code = this._code(turn.region), own = this._code(store.scope);
    this.figures.want([own, code]);
    const ownSummary = summary(store, own, config.lang);
    return {
      now, turn, cases, stale, isSilent: this._silence(stale), alarms: this.alarms.figures, interruption: this.interruption,
      own: ownSummary, summary: code === own ? ownSummary : summary(store, code, config.lang),
      figures: this.figures.of(code), ownFigures: this.figures.of(own),
      loop: loopOf(cases, now), rings: ringsOf(store, store.scope),
    };
  }

  /** @returns {(code: string) => boolean} see `Context` */
  _silence(stale) {
    const { hierarchy } = this.kite.store, counties = this.feeds.silentCounties(stale).map((code) => hierarchy.number(code));
    if (stale.has('reports')) return () => true;
    return (code) => counties.length > 0 && hierarchy.path(Math.max(0, hierarchy.number(code))).some((r) => counties.includes(r));
  }

  /** A panel that fails takes none of the others with it. @param {Context} context */
  _write(context) {
    for (const row of this.panels) {
      try {
        row.panel.tick(context);
        row.failingSince = 0;
      } catch (error) {
        row.failingSince ||= performance.now();
        console.error(error);
      }
    }
  }

  _code(region) {
    return this.kite.store.hierarchy.code(region);
  }

  /** @param {import('./words.mjs').Scene} scene */
  _regionsOf(scene) {
    const { store, config } = this.kite, { hierarchy, scope } = store;
    if (scene.regions === 'own') return [scope];
    const { children } = summary(store, this._code(scope), config.lang);
    return regionsOf(scene, scope, children.map(({ code, score, level }) => ({ region: hierarchy.number(code), score, level })));
  }

  /** @param {KeyboardEvent} event */
  _key({ key }) {
    const now = this.kite.ages.serverNow();
    if (key === ' ' || key === 'p') this.playlist.toggle(now);
    else if (key === 'ArrowRight') this.playlist.next(now);
    else return;
    this.tick(false);
  }
}
