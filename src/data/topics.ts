/** BANKING77's intents in the topics that most of them are about: a task of a few classes with words for labels. */
const topics = {
  card: ["card_arrival", "card_not_working", "lost_or_stolen_card", "activate_my_card", "card_about_to_expire", "order_physical_card"], // prettier-ignore
  transfer: ["cancel_transfer", "transfer_not_received_by_recipient", "declined_transfer", "pending_transfer", "transfer_timing", "failed_transfer"], // prettier-ignore
  cash: ["pending_cash_withdrawal", "wrong_amount_of_cash_received", "declined_cash_withdrawal", "atm_support", "cash_withdrawal_not_recognised", "cash_withdrawal_charge"], // prettier-ignore
  exchange: ["exchange_rate", "fiat_currency_support", "exchange_via_app", "exchange_charge", "card_payment_wrong_exchange_rate", "wrong_exchange_rate_for_cash_withdrawal"], // prettier-ignore
  identity: ["age_limit", "edit_personal_details", "why_verify_identity", "unable_to_verify_identity", "verify_my_identity", "verify_source_of_funds"], // prettier-ignore
} as const;

export type BankingTopic = keyof typeof topics;
export const bankingTopics = Object.keys(topics) as BankingTopic[];

const byIntent = new Map(Object.entries(topics).flatMap(([topic, intents]) => intents.map((intent) => [intent as string, topic as BankingTopic] as const))); // prettier-ignore

/** The topic of an intent, six intents a topic; undefined for the 47 that have none. */
export const bankingTopic = (intent: string): BankingTopic | undefined => byIntent.get(intent);

/** Data sets of which a masked model may learn the language: those of the tasks with a few labels. */
export const domains = ["sentiment-sentences", "banking77"] as const;
export type Domain = (typeof domains)[number];
