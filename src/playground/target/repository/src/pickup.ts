export interface Carrier {
  /** Books a pickup; resolves to the hour at which the van comes. */
  book(orderId: string): Promise<string>;
}

/** Asks the carrier for pickups in the background, so that packing goes on meanwhile. */
export class PickupDesk {
  private readonly hours = new Map<string, string>();

  constructor(private readonly carrier: Carrier) {}

  /** Sends the request and returns at once; `hourOf` has the answer when it came. */
  request(orderId: string): void {
    void this.carrier.book(orderId).then((hour) => this.hours.set(orderId, hour));
  }

  /** The hour the carrier confirmed; undefined until it did. */
  hourOf(orderId: string): string | undefined {
    return this.hours.get(orderId);
  }
}

/** A carrier whose office answers in 5 to 37 milliseconds, as the real one does in seconds. */
export const villageCarrier: Carrier = {
  async book() {
    await Bun.sleep(5 + Math.random() * 32);
    return "08:00";
  },
};
