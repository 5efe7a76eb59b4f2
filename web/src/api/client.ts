/* One door to the server: JSON in, JSON or a Refusal out.
 *
 * What the server refuses keeps its own sentence and its advice; what never arrived gets a sentence of ours.
 * Nothing here retries: a page offers that to the person, who knows whether it is wanted.
 */
import type { ProblemDocument } from './types'

export const BASE = '/api/v1/'

export class Refusal extends Error {
  constructor(
    readonly status: number, // 0: the server was not reached
    readonly problem: ProblemDocument | null,
    readonly retryAfter = 0 // seconds
  ) {
    super(problem?.detail ?? '')
  }
  /* What is wrong, by field. */
  get fields(): Record<string, string> {
    return Object.fromEntries((this.problem?.errors ?? []).map((x) => [x.field, x.detail]))
  }
  /* The whole sentence: what happened, then what to do; '' where the server was not reached. */
  get sentence(): string {
    return this.problem?.detail ?? ''
  }
}

export interface Ask {
  method?: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  query?: Record<string, string | number | boolean | null | undefined>
  body?: unknown // JSON, or a FormData as it is
  ifMatch?: string
  once?: string // Idempotency-Key
  signal?: AbortSignal
}
export interface Answer<T> {
  data: T
  etag: string
  status: number
}

/* Called when a session has ended; the frame shows the login over the page, which keeps what was typed. */
let ended: () => void = () => undefined
export const whenEnded = (f: () => void): void => void (ended = f)

/* Language of the server's sentences. */
let language = 'zh'
export const speak = (l: string): void => void (language = l)

export function address(path: string, query: Ask['query'] = {}): string {
  const words = new URLSearchParams()
  for (const [k, v] of Object.entries(query)) if (v !== undefined && v !== null && v !== '') words.set(k, String(v))
  const tail = words.toString()
  return BASE + path.split('/').map(encodeURIComponent).join('/') + (tail ? '?' + tail : '')
}

export async function ask<T>(path: string, how: Ask = {}): Promise<Answer<T>> {
  const head: Record<string, string> = { Accept: 'application/json', 'Accept-Language': language }
  let body: BodyInit | undefined
  if (how.body instanceof FormData) body = how.body
  else if (how.body !== undefined) {
    head['Content-Type'] = 'application/json'
    body = JSON.stringify(how.body)
  }
  if (how.ifMatch) head['If-Match'] = how.ifMatch
  if (how.once) head['Idempotency-Key'] = how.once
  let reply: Response
  try {
    reply = await fetch(address(path, how.query), {
      method: how.method ?? 'GET',
      headers: head,
      body,
      credentials: 'same-origin',
      signal: how.signal
    })
  } catch (e) {
    if (e instanceof DOMException && e.name === 'AbortError') throw e
    throw new Refusal(0, null)
  }
  const data: unknown = reply.status === 204 ? null : await reply.json().catch(() => null)
  if (!reply.ok) {
    if (reply.status === 401 && path !== 'session') ended()
    throw new Refusal(reply.status, (data as ProblemDocument | null) ?? null, Number(reply.headers.get('Retry-After') ?? 0))
  }
  return { data: data as T, etag: reply.headers.get('ETag') ?? '', status: reply.status }
}

export const get = async <T>(path: string, query?: Ask['query'], signal?: AbortSignal): Promise<T> =>
  (await ask<T>(path, { query, signal })).data
export const post = async <T>(path: string, body?: unknown, more: Ask = {}): Promise<T> =>
  (await ask<T>(path, { ...more, method: 'POST', body: body ?? {} })).data

export const newKey = (): string =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, '0')).join('')
