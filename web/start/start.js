// Fills the start page from /health and /stats, and keeps it up to date while somebody looks at it.
'use strict';

const REFRESH_MS = 5000;

const PARTS = {
  database: 'Database',
  model: 'Model',
  knowledge: 'Knowledge base',
  freshdesk: 'Freshdesk',
  queue: 'Queue',
};

const COUNTS = {
  total_tickets: 'tickets',
  auto_resolved: 'resolved automatically',
  answered: 'answered, a person offered',
  escalated: 'handed to a person',
  pending: 'in work',
  failed: 'failed',
};

// Only where there are any: they belong to other modes than the usual one.
const COUNTS_IF_ANY = {
  drafted: 'left as a draft',
  recorded: 'decided, nothing sent',
  dropped: 'nothing to answer',
};

const STATUS_WORDS = { ok: 'ok', degraded: 'degraded', down: 'down', off: 'not set up', unknown: 'not reachable' };

const byId = (id) => document.getElementById(id);

function element(name, text, attributes = {}) {
  const made = document.createElement(name);
  made.textContent = text;
  for (const [key, value] of Object.entries(attributes))
    made.setAttribute(key, value);
  return made;
}

async function read(path) {
  const answer = await fetch(path, { headers: { accept: 'application/json' }, cache: 'no-store' });
  const body = await answer.json();
  if (!answer.ok)
    throw new Error(body.error?.message ?? `the answer is ${answer.status}`);
  return body;
}

// Only when it changed, so that a screen reader does not read it out every few seconds.
function setStatus(node, status) {
  if (node.dataset.status === status && node.textContent === STATUS_WORDS[status])
    return;
  node.dataset.status = status;
  node.textContent = STATUS_WORDS[status] ?? status;
}

function plural(n, one) {
  return `${n} ${one}${n === 1 ? '' : 's'}`;
}

function detailOf(name, part) {
  const words = [];
  if (part.detail)
    words.push(part.detail);
  if (name === 'knowledge' && part.passages > 0)
    words.push(`${plural(part.documents, 'document')} with ${plural(part.passages, 'passage')}, ${part.method} search`);
  if (name === 'model')
    words.push(`tickets are classified by ${part.method.replace('_', '-')}`);
  if (name === 'queue')
    words.push(`${part.queued} waiting, ${part.running + part.delivering} in work`);
  return words.join('; ');
}

function showParts(health) {
  const rows = Object.entries(PARTS).map(([name, title]) => {
    const row = document.createElement('tr');
    const state = document.createElement('td');
    const status = element('span', '', { class: 'status' });
    setStatus(status, health[name].status);
    state.append(status);
    row.append(element('th', title, { scope: 'row' }), state, element('td', detailOf(name, health[name])));
    return row;
  });
  byId('parts').replaceChildren(...rows);
}

function upFor(seconds) {
  const steps = [[86400, 'day'], [3600, 'hour'], [60, 'minute']];
  for (const [length, name] of steps)
    if (seconds >= length)
      return plural(Math.floor(seconds / length), name);
  return plural(seconds, 'second');
}

function showCounts(stats) {
  const some = Object.entries(COUNTS_IF_ANY).filter(([name]) => stats[name] > 0);
  const items = [...Object.entries(COUNTS), ...some].map(([name, title]) => {
    const item = document.createElement('div');
    item.append(element('dt', title), element('dd', stats[name].toLocaleString('en')));
    return item;
  });
  byId('counts').replaceChildren(...items);
}

async function refreshHealth() {
  try {
    const health = await read('health');
    setStatus(byId('status'), health.status);
    showParts(health);
    byId('facts').textContent = `Version ${health.version}, mode ${health.mode}, up for ${upFor(health.uptime_s)}`;
  } catch {
    setStatus(byId('status'), 'unknown');
  }
}

async function refreshCounts() {
  const problem = byId('counts-problem');
  try {
    showCounts(await read('stats'));
    problem.hidden = true;
  } catch (error) {
    problem.textContent = `The counts cannot be shown: ${error.message}`;
    problem.hidden = false;
  }
}

async function refresh() {
  if (document.visibilityState === 'visible')
    await Promise.all([refreshHealth(), refreshCounts()]);
}

byId('first-command').textContent = `curl ${location.origin}/process-ticket -H 'Content-Type: application/json' \\
  -d '{"subject": "Password reset not working", "description": "I clicked the reset link but it does not work"}'`;
document.addEventListener('visibilitychange', refresh);
setInterval(refresh, REFRESH_MS);
refresh();
