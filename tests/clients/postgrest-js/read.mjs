// Usage: node read.mjs http://127.0.0.1:port/data – reads the resource "stops" in every way the client knows and prints what it got.
import { PostgrestClient } from '@supabase/postgrest-js';

const client = new PostgrestClient(process.argv[2], { schema: 'public' });
const stops = () => client.from('stops');
const kept = ({ data, error, count, status }) => ({ data, code: error?.code ?? null, hint: Boolean(error?.hint), count, status });

const results = {
  all: kept(await stops().select()),
  columns: kept(await stops().select('no:id, name').eq('id', 1)),
  single: kept(await stops().select('name').eq('id', 2).single()),
  singleOfNone: kept(await stops().select('name').eq('id', 99).single()),
  singleOfMany: kept(await stops().select('name').single()),
  maybeNone: kept(await stops().select('name').eq('id', 99).maybeSingle()),
  maybeOne: kept(await stops().select('name').eq('id', 1).maybeSingle()),
  maybeMany: kept(await stops().select('name').maybeSingle()),
  csv: kept(await stops().select('id,name').lt('id', 3).csv()),
  range: kept(await stops().select('id', { count: 'exact' }).order('id', { ascending: false }).range(1, 2)),
  counted: kept(await stops().select('*', { count: 'exact', head: true }).gt('id', 1)),
  planned: kept(await stops().select('id', { count: 'planned' }).limit(1)),
  inList: kept(await stops().select('id').in('name', ['南湖公园站', '无,(此站)'])),
  or: kept(await stops().select('id').or('id.eq.1,and(id.gt.2,price.lt.0)')),
  not: kept(await stops().select('id').not('price', 'is', null).order('price')),
  like: kept(await stops().select('id').like('name', '%公园%')),
  ilike: kept(await stops().select('id').ilike('name', '=sum*')),
  filter: kept(await stops().select('id').filter('price', 'gte', 2)),
  nulls: kept(await stops().select('id').order('price', { ascending: false, nullsFirst: true })),
  geojson: kept(await stops().select('id').limit(1).geojson()),
  past: kept(await stops().select('id', { count: 'exact' }).range(50, 60)),
  unknown: kept(await stops().select('nothing')),
  embedding: kept(await stops().select('id, lines(*)')),
  write: kept(await stops().insert({ id: 4 })),
  rpc: kept(await client.rpc('drop_everything')),
};
console.log(JSON.stringify(results));
