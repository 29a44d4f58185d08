// usage: node check.mjs FOLDER SHAPES.ttl…   FOLDER holds catalog.ttl, catalog.jsonld and catalog.rdf.
// Prints whether the three say the same, and what each shape file finds, as JSON.
import fs from 'node:fs'
import path from 'node:path'
import rdf from '@zazuko/env'
import jsonld from 'jsonld'
import { Parser, Writer } from 'n3'
import { RdfXmlParser } from 'rdfxml-streaming-parser'
import Validator from 'rdf-validate-shacl'

const [folder, ...shapeFiles] = process.argv.slice(2)
const read = name => fs.readFileSync(path.join(folder, name), 'utf8')
const base = 'http://base.invalid/'

const fromTurtle = text => new Parser({ baseIRI: base, factory: rdf }).parse(text)
const fromJsonLd = async text => new Parser({ format: 'N-Quads', factory: rdf }).parse(
  await jsonld.toRDF(JSON.parse(text), { format: 'application/n-quads', base, documentLoader: async url => { throw new Error('A remote context: ' + url) } }))
const fromXml = text => new Promise((resolve, reject) => {
  const quads = []
  const parser = new RdfXmlParser({ baseIRI: base, dataFactory: rdf, strict: true })
  parser.on('data', quad => quads.push(quad)).on('error', reject).on('end', () => resolve(quads))
  parser.end(text)
})
const lines = quads => new Set(quads.map(q => new Writer({ format: 'N-Quads' }).quadToString(q.subject, q.predicate, q.object)))

const graphs = { ttl: fromTurtle(read('catalog.ttl')), jsonld: await fromJsonLd(read('catalog.jsonld')), rdf: await fromXml(read('catalog.rdf')) }
const sets = Object.values(graphs).map(lines)
const missing = sets.flatMap(a => sets.flatMap(b => [...a].filter(line => !b.has(line)))).slice(0, 5)

const data = rdf.dataset(graphs.ttl)
const shacl = {}
for (const file of shapeFiles) {
  const shapes = rdf.dataset(fromTurtle(fs.readFileSync(file, 'utf8')))
  const focus = new Set()
  for (const target of shapes.match(null, rdf.namedNode('http://www.w3.org/ns/shacl#targetClass')))
    for (const quad of data.match(null, rdf.namedNode('http://www.w3.org/1999/02/22-rdf-syntax-ns#type'), target.object)) focus.add(quad.subject.value)
  const report = await new Validator(shapes, { factory: rdf, importGraph: async () => rdf.dataset() }).validate(data)
  const violations = report.results.filter(r => r.severity?.value.endsWith('#Violation'))
  shacl[path.basename(file)] = {
    focus: focus.size,
    violations: violations.length,
    warnings: report.results.length - violations.length,
    first: violations.slice(0, 10).map(r => [(r.focusNode?.value ?? r.focusNode?.term?.value), (r.path?.value), String(r.message?.[0]?.value ?? ''), r.value?.value ?? r.value?.term?.value ?? null]),
  }
}
console.log(JSON.stringify({
  quads: Object.fromEntries(Object.entries(graphs).map(([k, q]) => [k, q.length])),
  blanks: [...data].filter(q => q.subject.termType === 'BlankNode' || q.object.termType === 'BlankNode').length,
  same: missing.length === 0 && sets.every(s => s.size === sets[0].size),
  missing,
  shacl,
}, null, 1))
