import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  groupsOf,
  removeGroup,
  removeGroupNow,
  removeLeftovers,
} from '../../../src/sources/local/tracefs.js';
import { folder } from '../../helpers/folder.js';

const namespace = statSync('/proc/self/ns/pid').ino;
/** A process that has ended. */
const dead = spawnSync(process.execPath, ['--version']).pid;

test('leftovers are what dead processes of the own pid namespace have made, nothing else', (t) => {
  const tracefs = folder(t);
  const killed = `gctop_${namespace}_${dead}_0`;
  const halfRemoved = `gctop_${namespace}_${dead}_1`;
  const others = [
    `gctop_${namespace}_${process.pid}_0`,
    `gctop_${namespace + 1}_${dead}_0`,
    `gctop_${dead}_0`,
    `bcc_${namespace}_${dead}_0`,
  ];
  const probes = [killed, ...others].map((group) => `p:${group}/cycle /bin/true:0x1000\n`);
  writeFileSync(join(tracefs, 'uprobe_events'), probes.join(''));
  for (const group of [killed, halfRemoved, ...others])
    mkdirSync(join(tracefs, 'instances', group), { recursive: true });

  assert.deepEqual(removeLeftovers(tracefs), [killed, halfRemoved]);
  assert.deepEqual(readdirSync(join(tracefs, 'instances')).sort(), others.toSorted());
  assert.equal(readFileSync(join(tracefs, 'uprobe_events'), 'utf8'), `${probes.join('')}-:${killed}/cycle\n`);
});

test('a group tells its owner and where that number holds', () => {
  assert.equal(groupsOf(4711), `gctop_${namespace}_4711_`);
});

test('a group is removed by the names of its events, also where the list leaves them out for a moment', async (t) => {
  const tracefs = folder(t);
  const group = groupsOf(4711);
  const remove = { now: removeGroupNow, later: removeGroup };
  for (const how of ['now', 'later'] as const) {
    mkdirSync(join(tracefs, 'instances', group), { recursive: true });
    writeFileSync(join(tracefs, 'uprobe_events'), '');
    await remove[how](tracefs, { group, events: ['cycle', 'GC'] });
    assert.equal(readFileSync(join(tracefs, 'uprobe_events'), 'utf8'), `-:${group}/cycle\n-:${group}/GC\n`);
    assert.deepEqual(readdirSync(join(tracefs, 'instances')), []);
  }
});
