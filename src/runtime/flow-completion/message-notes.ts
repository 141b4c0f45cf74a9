/** What is known of a message object while it is followed, noted on the object itself. */

/** Who is told when a message is complete. */
export interface OriginFollower {
  complete(origin: Origin): void;
}

/** What a message object belongs to, and where it is. */
export interface Link {
  readonly origin: Origin;
  /** Deliveries of the object on their way to a node. */
  underway: number;
  /** Nodes that have received it and are not done. */
  open: number;
}

/** One message and all that came from it; also the link of the message itself. */
export class Origin implements Link {
  underway = 0;
  open = 0;
  /** Deliveries not yet completed; sending it counts as one. */
  outstanding = 1;
  failed = false;
  /** The node that has received something of it last. */
  holder: object | undefined;
  /** Something of it was sent to a node that is stopped, and went no further. */
  lost = false;
  /** The number in its id. */
  readonly number: number;
  /** Ids of messages that came from it and have another one. */
  otherIds: string[] | undefined;
  /** Told when it is complete; undefined from then on. */
  follower: OriginFollower | undefined;
  readonly subject: unknown;

  constructor(number: number, follower: OriginFollower, subject: unknown) {
    this.number = number;
    this.follower = follower;
    this.subject = subject;
  }

  get origin(): Origin {
    return this;
  }
}

/** The class that its parameter's object becomes part of. */
const Guest = function (object: object) {
  return object;
} as unknown as new (
  object: object,
) => object;

/**
 * Notes on message objects: a private field can be given to any object, is not cloned, and nobody else sees it. A Map or
 * WeakMap of messages that live for microseconds keeps the garbage collector busy instead.
 */
export class Note extends Guest {
  #link: Link;

  constructor(message: object, link: Link) {
    super(message);
    this.#link = link;
  }

  static read(message: object): Link | undefined {
    return #link in message ? message.#link : undefined;
  }

  static write(message: object, link: Link): void {
    if (#link in message) message.#link = link;
    else new Note(message, link);
  }
}
