/** Whether the declarations name what holdfast.js has, all of it and no more: what begins with `_` is its own affair. */
import type * as said from '../../main/resources/dev/holdfast/console/page/holdfast.js';
// A copy, without the declarations beside it.
import * as made from '../../../target/types/holdfast.js';

type Client = ReturnType<typeof made.connect>;
type Other<A, B> = Exclude<keyof A, keyof B> | Exclude<keyof B, keyof A | `_${string}`>;

/** The names on which the two don't agree. */
export type Names =
  | Other<said.Client, Client>
  | Other<said.Feed, ReturnType<Client['feed']>>
  | Other<said.HoldfastError, made.HoldfastError>
  | Other<{ connect: 1; HoldfastError: 1 }, typeof made>;

/** An error here says which. */
null as unknown as Names satisfies never;
