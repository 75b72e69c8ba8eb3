// Both sides of one appointment in a page. What every app needs is in `openSide`; the rest draws, or breaks things.
import { createClient } from '/client.js';

const $ = (selector, parent = document) => parent.querySelector(selector);

/** Asks the demo's own back end for what a clinic's system would do. */
async function post(path, body = {}, send = fetch) {
  const headers = { 'content-type': 'application/json' };
  const response = await send(`/demo/${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  const { success, message, data } = await response.json();
  if (!success) throw new Error(message);
  return data;
}

// The appointment stands in the address, so that the page can be loaded again in the middle of a session.
const [known] = /\d+/.exec(location.hash) ?? [];
const appointmentId = Number(known ?? (await post('appointments')).appointment_id);
history.replaceState(null, '', `#${appointmentId}`);

// ---- The two apps -------------------------------------------------------------------------------------------------

const SUGGESTIONS = {
  patient: ['Good morning, doctor.', 'My knee hurts.', 'Since Sunday.', 'Thank you!'],
  doctor: ['Good morning! How are you?', 'Since when?', 'Rest it for two days.', 'Get well soon.'],
};

function openSide(role, network) {
  const client = createClient({
    baseUrl: location.origin,
    getToken: async () => (await post(`appointments/${appointmentId}/token`, { role }, network.fetch)).token,
    WebSocket: network.WebSocket,
    fetch: network.fetch,
    onProblem: ({ code }) => {
      if (code === 'appointment_not_found') startAgain();
    },
  });
  const chat = client.appointment(appointmentId);
  const view = document.getElementById(role);
  const input = $('input', view);
  const suggestions = [...SUGGESTIONS[role]];
  input.value = suggestions.shift();

  $('form', view).addEventListener('submit', async (event) => {
    event.preventDefault();
    const text = input.value.trim();
    if (text === '') return;
    input.value = suggestions.shift() ?? '';
    // The first message starts the session.
    try {
      if (!chat.get().session?.is_active) await chat.start();
      chat.send(text);
    } catch {
      input.value = text;
    }
  });
  chat.subscribe(() => {
    const { messages, connection, session } = chat.get();
    drawMessages($('.messages', view), messages, role);
    drawConnection($('.link', view), connection);
    input.disabled = $('button', view).disabled = session?.is_ended === true;
  });
  return { client, chat };
}

/** What stands between the patient's app and the server. */
function openNetwork() {
  const sockets = new Set();
  let cut = new AbortController();
  let isCut = false;
  /** What an app sees of a socket without a network. */
  class DeadSocket extends EventTarget {
    constructor() {
      super();
      setTimeout(() => this.dispatchEvent(new CloseEvent('close', { code: 1006 })));
    }
    send() {}
    close() {}
  }
  return {
    WebSocket: function (url) {
      if (isCut) return new DeadSocket();
      const socket = new WebSocket(url);
      sockets.add(socket);
      socket.addEventListener('close', () => sockets.delete(socket));
      return socket;
    },
    fetch: (url, { signal, ...options }) =>
      isCut
        ? Promise.reject(new TypeError('no network'))
        : fetch(url, { ...options, signal: signal ? AbortSignal.any([signal, cut.signal]) : cut.signal }),
    setCut: (next) => {
      isCut = next;
      if (!next) return;
      cut.abort();
      cut = new AbortController();
      sockets.forEach((socket) => socket.close());
    },
  };
}

const network = openNetwork();
const patient = openSide('patient', network);
const doctor = openSide('doctor', { WebSocket, fetch: (url, options) => fetch(url, options) });
const { chat } = doctor;

function startAgain() {
  history.replaceState(null, '', location.pathname);
  location.reload();
}

// ---- The receipt: the server's own word for every block, also while the session goes on ---------------------------

let receipt = null;
let askAgainAt = 0;

async function readReceipt() {
  askAgainAt = Infinity;
  receipt = await chat.receipt().catch(() => receipt);
  askAgainAt = Date.now() + 1000;
  draw();
}

chat.on('*', ({ type }) => {
  if (type === 'deduction' || type.startsWith('session.')) void readReceipt();
});

/** The server's time while a session is active; the client knows it from its answers. */
function now() {
  const left = chat.timeLeft();
  return left === null ? null : Date.parse(left.until) - left.ms;
}

function isReceiptOld(session) {
  if (!session?.session_id) return false;
  if (receipt === null) return true;
  const isBlockOver = receipt.is_active && (now() ?? 0) >= Date.parse(receipt.next_deduction_at);
  const isUnwritten = receipt.blocks.some(({ state, recorded_at: at }) => state === 'charged' && at === null);
  return isBlockOver || isUnwritten || session.available_sessions !== receipt.available_sessions;
}

// ---- What is shown ------------------------------------------------------------------------------------------------

/** As many children as there are items, each drawn anew in its place: so what moves goes on moving. */
function drawEach(parent, tag, items, drawOne) {
  while (parent.children.length > items.length) parent.lastElementChild.remove();
  while (parent.children.length < items.length) parent.append(document.createElement(tag));
  items.forEach((item, index) => drawOne(parent.children[index], item, index));
}

function drawMessages(list, messages, role) {
  const count = list.children.length;
  drawEach(list, 'p', messages, (item, { text, senderRole, state }) => {
    item.textContent = text;
    item.className = `${senderRole ?? role} ${senderRole === role ? 'own' : ''} ${state}`;
  });
  if (messages.length !== count) list.scrollTop = list.scrollHeight;
}

const CONNECTIONS = { live: 'live', polling: 'live', offline: 'offline', connecting: 'connecting' };

function drawConnection(place, connection) {
  place.textContent = CONNECTIONS[connection] ?? 'signed out';
  place.dataset.is = CONNECTIONS[connection] === 'live' ? 'live' : 'away';
}

const clockTime = (ms) => `${Math.floor(ms / 60_000)}:${String(Math.floor(ms / 1000) % 60).padStart(2, '0')}`;
const REASONS = { interval: 'block over', manual_end: 'ended here', no_activity: 'nobody wrote' };
const ENDS = { balance_exhausted: 'no unit left', manual_end: 'ended early', no_activity: 'nobody wrote' };

/** Every block that is, was, or can still be paid: from the receipt, then one for each unit that is free. */
function blocksOf(session) {
  const { blocks = [], available_sessions: free = 0, is_ended: isEnded = false } = receipt ?? session ?? {};
  return isEnded ? blocks : [...blocks, ...Array.from({ length: free }, () => ({ state: 'free' }))];
}

function fillOf({ state, starts_at: from, ends_at: to }) {
  if (state !== 'held') return state === 'free' ? 0 : 1;
  return Math.min(1, Math.max(0, ((now() ?? 0) - Date.parse(from)) / (Date.parse(to) - Date.parse(from))));
}

function drawServer(session, blocks) {
  const left = chat.timeLeft();
  const isEnded = session?.is_ended === true;
  const held = blocks.find(({ state }) => state === 'held');
  $('#left').textContent = isEnded
    ? 'Over'
    : left === null
      ? 'Ready'
      : clockTime(Math.ceil(left.ms / 1000) * 1000);
  $('#state').textContent = isEnded ? ENDS[session.end_reason] : left === null ? 'write to start' : 'left';
  $('.hand').style.strokeDashoffset = String(100 - 100 * (isEnded ? 1 : held ? fillOf(held) : 0));
  $('.clock').dataset.is = isEnded ? 'over' : left === null ? 'ready' : 'running';
  drawEach($('#blocks'), 'li', blocks, (item, block, index) => {
    item.className = block.state;
    item.style.setProperty('--fill', String(fillOf(block)));
    item.setAttribute('aria-label', `Unit ${index + 1}: ${block.state}`);
  });
  // The client warns a minute before the end; here that is most of the session, so the last block is told apart.
  // The receipt knows of a block that is over also where no worker has written it.
  const latest = receipt?.is_active ? receipt : session;
  const isLast = latest?.is_active === true && latest.funded_until === latest.next_deduction_at;
  const warning = chat.get().warning === null ? '' : isLast ? 'Last unit' : 'Ending soon';
  $('#warning').textContent = warning;
  $('#warning').dataset.is = isLast ? 'last' : 'soon';
  $('#top-up').disabled = $('#end').disabled = session?.is_active !== true;
  $('#top-up').hidden = $('#end').hidden = isEnded;
  $('#again').hidden = !isEnded;
}

/** What was broken, and when, by the server's time. */
const faults = [];

function drawReceipt(blocks) {
  const first = receipt?.start_time ? Date.parse(receipt.start_time) : null;
  const blockMs = (receipt?.interval_seconds ?? 1) * 1000;
  const lengthOf = ({ starts_at: from, ends_at: to }) => (to ? Date.parse(to) - Date.parse(from) : blockMs);
  const wholeMs = blocks.reduce((sum, block) => sum + lengthOf(block), 0);
  const place = (ms) => `${Math.min(100, Math.max(0, (100 * (ms - first)) / wholeMs))}%`;
  $('.receipt').dataset.is = first === null ? 'empty' : receipt.is_ended ? 'final' : 'growing';
  $('#sum').textContent = sumOf();
  drawEach($('.line'), 'li', blocks, (item, block) => {
    const lateMs = Date.parse(block.recorded_at) - Date.parse(block.effective_at);
    item.className = `${block.state} ${block.state === 'charged' && block.recorded_at === null ? 'unwritten' : ''}`;
    item.style.setProperty('--fill', String(fillOf(block)));
    item.style.flexGrow = String(lengthOf(block));
    item.dataset.units = block.units ? `−${block.units}` : '';
    item.textContent =
      lateMs > 1500 ? `written ${Math.round(lateMs / 1000)} s late` : (REASONS[block.reason] ?? '');
  });
  drawEach($('.times'), 'span', blocks, (item, block, index) => {
    item.style.flexGrow = String(lengthOf(block));
    item.textContent = first === null ? '' : clockTime(index * blockMs);
  });
  $('.times').dataset.to = first === null ? '' : clockTime(wholeMs);
  const messages = chat.get().messages.filter(({ sentAt }) => sentAt);
  drawEach($('.marks'), 'i', messages, (mark, { sentAt, senderRole }) => {
    mark.className = senderRole;
    mark.style.left = place(Date.parse(sentAt));
  });
  const end = receipt?.ended_at ? Date.parse(receipt.ended_at) : (now() ?? first);
  drawEach($('.spans'), 'p', first === null ? [] : faults, (span, { kind, from, to }) => {
    span.className = kind;
    span.style.left = place(from);
    span.style.right = `calc(100% - ${place(Math.max(from, Math.min(to ?? end, end)))})`;
    span.textContent = FAULTS[kind];
  });
}

const FAULTS = { worker: 'worker stopped', queue: 'queue emptied', network: 'network cut' };

function sumOf() {
  if (!receipt?.is_ended) return '';
  const { sessions_used: used, start_time: from, ended_at: to } = receipt;
  const units = `${used} unit${used === 1 ? '' : 's'} for ${clockTime(Date.parse(to) - Date.parse(from))}`;
  return faults.length === 0 ? units : `${units}, whatever broke`;
}

function draw() {
  const { session } = chat.get();
  const blocks = blocksOf(session);
  drawServer(session, blocks);
  drawReceipt(blocks);
}

function tick() {
  if (isReceiptOld(chat.get().session) && Date.now() >= askAgainAt) void readReceipt();
  draw();
}

// ---- Buttons ------------------------------------------------------------------------------------------------------

/** Notes that something breaks or is mended now. What is broken before the start counts from the start. */
function noteFault(kind, isBroken) {
  const at = now();
  const open = faults.find((fault) => fault.kind === kind && fault.to === null);
  if (open && receipt === null) faults.splice(faults.indexOf(open), 1);
  else if (open) open.to = at ?? Infinity;
  else if (isBroken && (at !== null || receipt === null))
    faults.push({ kind, from: at ?? -Infinity, to: null });
}

function drawSwitch(id, isBroken, text) {
  const button = document.getElementById(id);
  button.dataset.broken = String(isBroken);
  $('span', button).textContent = text;
}

function onClick(id, act) {
  const button = document.getElementById(id);
  const press = async () => {
    button.classList.add('busy');
    await act(button.dataset.broken !== 'true').catch(console.warn);
    button.classList.remove('busy');
    draw();
  };
  button.addEventListener('click', () => void press());
}

const drawWorker = (isOn) => drawSwitch('worker', !isOn, isOn ? 'Stop the worker' : 'Start the worker');

onClick('top-up', () => post(`appointments/${appointmentId}/top-up`));
onClick('end', () => chat.end());
onClick('again', async () => startAgain());
onClick('worker', async (isToBreak) => {
  const { is_on: isOn } = await post('worker', { is_on: !isToBreak });
  noteFault('worker', isToBreak);
  drawWorker(isOn);
});
onClick('queue', async () => {
  await post('empty-queue');
  const at = now();
  if (at !== null) faults.push({ kind: 'queue', from: at, to: at });
});
onClick('network', async (isToBreak) => {
  network.setCut(isToBreak);
  noteFault('network', isToBreak);
  drawSwitch('network', isToBreak, isToBreak ? 'Mend the network' : "Cut the patient's network");
  if (!isToBreak) patient.client.wake();
});

chat.subscribe(tick);
setInterval(tick, 200);
$('#patient input').select();
drawWorker((await (await fetch('/demo/worker')).json()).data.is_on);
