// How large a card may be. What is larger is no card: peers are strangers, and a form of a thousand
// fields or a price of a thousand digits is nobody's honest wish. Composing keeps to the same.

/** What one line can hold: names of goods, steps, choices. In characters. */
export const TITLE_MAX = 120;
/** Numbers of orders and parcels, carriers, article numbers. */
export const SHORT_MAX = 60;
/** Explanations. */
export const DETAIL_MAX = 1000;
/** What a person writes into one field. */
export const ANSWER_MAX = 2000;
/** An article is read to its end, else there is the address. */
export const ARTICLE_MAX = 4000;
export const REPLY_MAX = 60;
export const URL_MAX = 500;
/** As faces are: picture_bytes_max of limits.h. */
export const PICTURE_BYTES_MAX = 6 * 1024;
/** More is not seen of it, on the finest screen. */
export const PICTURE_SIDE_MAX = 1024;

export const LINES_MAX = 20;
export const STEPS_MAX = 30;
/** Beyond this nobody sees at one look where a service stands. */
export const PROGRESS_MAX = 8;
export const FIELDS_MAX = 12;
export const OPTIONS_MAX = 20;
export const CHOICES_MAX = 12;
export const REPLIES_MAX = 8;
export const STARS_MAX = 5;
export const QUANTITY_MAX = 1_000_000;
/** Ten thousand million of the largest units: no shop sells more, and sums stay exact. */
export const AMOUNT_MAX = 1_000_000_000_000;
/** The end of the year 9999: every calendar and format goes so far. */
export const TIME_MS_MAX = 253_402_300_799_999;
