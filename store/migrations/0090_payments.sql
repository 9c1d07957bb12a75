-- What the payment provider still owes an answer for: an order that may be paid,
-- or a sum that goes back. The log holds what has been answered; a row goes when
-- nothing is waited for any more.
CREATE TABLE payment (
  order_key TEXT PRIMARY KEY,
  case_no   BIGINT NOT NULL,
  due       BIGINT NOT NULL,      -- when the provider is asked next
  tries     BIGINT NOT NULL       -- asked in vain, in a row
);
CREATE INDEX payment_due ON payment (due, order_key);
CREATE INDEX payment_of_case ON payment (case_no);
