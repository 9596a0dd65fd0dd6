// rapport beside DuckDB: the same files, the same answers, one run.
//
//   node compare.mjs PROGRAM FOLDER [ROWS]
//
// PROGRAM is peers_jobs, FOLDER where the files are made. Prints a table of seconds (the median of
// three times, after one that is not counted) and how many times faster rapport is, on one thread
// and on two. Fails if an answer differs.

import { DuckDBInstance } from '@duckdb/node-api';
import { execFileSync } from 'node:child_process';
import { existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';

const [program, folder, rowsText = '10000000'] = process.argv.slice(2);
const times = 3;

function file(keys) {
  const path = join(folder, `shop_${rowsText}_${keys}.csv`);
  if (!existsSync(path)) {
    execFileSync(program, ['write', `${path}.part`, rowsText, keys], { stdio: 'inherit' });
    renameSync(`${path}.part`, path);
  }
  return path;
}

// Scores 1 to 5 by type-7 quantiles; equal values share a score; who bought once has F = 1.
const scored = (source) => `
  with customers as (
    select customer_id, date '2021-12-31' - max(date) as r, count(*) as f, sum(amount) as m
    from ${source} group by customer_id),
  cuts as (
    select quantile_cont(r, [0.2, 0.4, 0.6, 0.8]) as r, quantile_cont(f, [0.2, 0.4, 0.6, 0.8]) as f,
           quantile_cont(m, [0.2, 0.4, 0.6, 0.8]) as m from customers),
  scores as (
    select 5 - (c.r >= k.r[1])::int - (c.r >= k.r[2])::int - (c.r >= k.r[3])::int
             - (c.r >= k.r[4])::int as r,
           1 + case when c.f < 2 then 0 else (c.f >= k.f[1])::int + (c.f >= k.f[2])::int
             + (c.f >= k.f[3])::int + (c.f >= k.f[4])::int end as f,
           1 + (c.m >= k.m[1])::int + (c.m >= k.m[2])::int + (c.m >= k.m[3])::int
             + (c.m >= k.m[4])::int as m
    from customers c, cuts k)
  select r, f, m, count(*) as n from scores group by all order by all`;

// x, t_x, T and the spend of repeat purchase days, as sums over the base.
const summarised = (source) => `
  with days as (
    select customer_id, date, sum(amount) as amount from ${source} group by customer_id, date),
  customers as (
    select customer_id, count(*) - 1 as x, max(date) - min(date) as t_x,
           date '2021-12-31' - min(date) as age, sum(amount) - arg_min(amount, date) as spend
    from days group by customer_id)
  select count(*), sum(x), sum(t_x), sum(age), sum(spend) from customers`;

const fromCsv = (path) => `(select customer_id, date, cast(amount * 100 as bigint) as amount
  from read_csv('${path}', columns = {customer_id: 'bigint', date: 'date', amount: 'decimal(9,2)'}))`;

function cells(rows) {
  const counts = new Array(125).fill(0);
  for (const [r, f, m, n] of rows) counts[25 * r + 5 * f + m - 31] = Number(n);
  return counts;
}

const jobs = [
  { name: 'RFM with ties kept, rows in memory', job: 'rfm_of_rows', keys: 'sparse',
    query: scored('rows'), answer: cells },
  { name: 'the same from a clustered ledger', job: 'rfm_of_ledger', keys: 'sparse',
    query: scored('rows'), answer: cells },
  { name: 'summary for lifetime models, rows in memory', job: 'summary_of_rows', keys: 'sparse',
    query: summarised('rows'), answer: (rows) => rows[0].map(Number) },
  { name: 'RFM straight from CSV', job: 'rfm_of_file', keys: 'dense',
    query: null, answer: cells },
];

const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];

async function peer(connection, query, threads) {
  await connection.run(`set threads = ${threads}`);
  const seconds = [];
  let rows;
  for (let i = 0; i <= times; ++i) {
    const begin = process.hrtime.bigint();
    rows = await (await connection.runAndReadAll(query)).getRows();
    seconds.push(Number(process.hrtime.bigint() - begin) / 1e9);
  }
  return { seconds: median(seconds.slice(1)), rows };
}

function ours(job, path, threads) {
  const text = execFileSync(program, [job, path, String(threads), String(times + 1)]);
  const { seconds, answer } = JSON.parse(text);
  return { seconds: median(seconds.slice(1)), answer };
}

const instance = await DuckDBInstance.create(':memory:');
const connection = await instance.connect();
await connection.run(`create table rows as select * from ${fromCsv(file('sparse'))}`);
const [[version]] = await (await connection.runAndReadAll('select version()')).getRows();

console.log(`${Number(rowsText).toLocaleString('en')} rows; DuckDB ${version}\n`);
console.log('| Work | threads | DuckDB | rapport | times faster |');
console.log('|---|---|---|---|---|');
let differ = false;
for (const { name, job, keys, query, answer } of jobs) {
  const path = file(keys);
  for (const threads of [1, 2]) {
    const theirs = await peer(connection, query ?? scored(fromCsv(path)), threads);
    const mine = ours(job, path, threads);
    const same = JSON.stringify(answer(theirs.rows)) === JSON.stringify(mine.answer);
    differ ||= !same;
    console.log(`| ${name} | ${threads} | ${theirs.seconds.toFixed(2)} s | ` +
      `${mine.seconds.toFixed(3)} s | ${(theirs.seconds / mine.seconds).toFixed(1)}` +
      `${same ? '' : '; the answers differ'} |`);
  }
}
if (differ) process.exit(1);
