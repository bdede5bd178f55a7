// Runs the requests on standard input, one JSON object a line, through
// iam-simulate, and prints a decision a line.
import { runSimulation } from '@cloud-copilot/iam-simulate'
import { createInterface } from 'node:readline'

for await (const line of createInterface({ input: process.stdin })) {
  let answer
  try {
    const result = await runSimulation(JSON.parse(line), {})
    // A request whose keys it leaves out is another request.
    const all = result.resultType === 'single' ? [result.result] : (result.results ?? [])
    const ignored = all.flatMap((one) => one.ignoredContextKeys ?? [])
    const relevant = ignored.filter((key) => line.toLowerCase().split(key.toLowerCase()).length > 2)
    if (result.resultType === 'error') answer = `error: ${result.errors.message}`
    else if (relevant.length > 0) answer = `error: leaves out ${relevant}`
    else answer = result.overallResult
  } catch (error) {
    answer = `error: ${error.message}`
  }
  console.log(String(answer).replaceAll('\n', ' '))
}
