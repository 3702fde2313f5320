"""Invented exports of other systems, in their columns."""

import csv
import io
from pathlib import Path
from typing import Any

GIVEWP = (
    "Donation ID,Donation Number,First Name,Last Name,Email Address,Address 1,City,Zip,Country,Donation Total,Currency Code,"
    "Donation Status,Payment Gateway,Payment Mode,Form Title,Donation Date,Donation Time,_give_payment_transaction_id"
)
STRIPE = (
    "id,Description,Seller Message,Created (UTC),Amount,Amount Refunded,Currency,Converted Amount,Converted Amount Refunded,Fee,"
    "Converted Currency,Mode,Status,Customer ID,Customer Description,Customer Email,Card ID,PaymentIntent ID,key (metadata)"
)
DONORBOX = (
    "Name,Donating Company,Donor's First Name,Donor's Last Name,Donor Email,Make Donation Anonymous,Campaign,Amount,Currency,"
    "Processing Fee,Fee Covered,Donor Comment,Donated At,City,Country,Receipt Id,Donation Type,Stripe Charge Id,"
    "Pay Pal Transaction Id,Recurring Plan Id,Status"
)
PAYPAL = (
    "Date,Time,TimeZone,Name,Type,Status,Currency,Gross,Fee,Net,From Email Address,To Email Address,Transaction ID,"
    "Reference Txn ID,Balance Impact"
)
SUBSCRIPTIONS = (
    "id,Customer ID,Customer Description,Customer Email,Plan,Quantity,Currency,Interval,Amount,Status,Created (UTC),"
    "Current Period End (UTC),Trial End (UTC),Canceled At (UTC)"
)
SAMPLES: dict[str, dict[str, str]] = {
    GIVEWP: {
        "Donation ID": "101", "Donation Number": "GIVE-101", "First Name": "Ada", "Last Name": "Byron",
        "Email Address": "ada@example.org", "Address 1": "1 Quay", "City": "Cork", "Zip": "T12", "Country": "IE",
        "Donation Total": "25.00", "Currency Code": "EUR", "Donation Status": "Complete", "Payment Gateway": "stripe",
        "Payment Mode": "live", "Form Title": "Help", "Donation Date": "March 14, 2024", "Donation Time": "09:30",
        "_give_payment_transaction_id": "ch_1Aaaa",
    },
    STRIPE: {
        "id": "ch_1Aaaa", "Description": "Gift", "Created (UTC)": "2024-03-14 09:30:05", "Amount": "25.00",
        "Amount Refunded": "0.00", "Currency": "eur", "Converted Amount": "25.00", "Fee": "0.63", "Converted Currency": "eur",
        "Mode": "Live", "Status": "Paid", "Customer ID": "cus_A1", "Customer Description": "Ada Byron",
        "Customer Email": "ada@example.org", "Card ID": "pm_A1", "PaymentIntent ID": "pi_1Aaaa",
    },
    DONORBOX: {
        "Name": "Ada Byron", "Donor's First Name": "Ada", "Donor's Last Name": "Byron", "Donor Email": "ada@example.org",
        "Make Donation Anonymous": "no", "Campaign": "Help", "Amount": "25.00", "Currency": "EUR", "Processing Fee": "0.63",
        "Fee Covered": "no", "Donated At": "03/14/2024 09:30:05", "City": "Cork", "Country": "Ireland", "Receipt Id": "7001",
        "Donation Type": "stripe", "Stripe Charge Id": "ch_1Aaaa", "Status": "paid",
    },
    PAYPAL: {
        "Date": "14/03/2024", "Time": "09:30:05", "TimeZone": "GMT", "Name": "Ada Byron", "Type": "Donation Payment",
        "Status": "Completed", "Currency": "EUR", "Gross": "25.00", "Fee": "-0.85", "Net": "24.15",
        "From Email Address": "ada@example.org", "Transaction ID": "1AB23456CD789012E", "Balance Impact": "Credit",
    },
    SUBSCRIPTIONS: {
        "id": "sub_A1", "Customer ID": "cus_A1", "Customer Description": "Ada Byron", "Customer Email": "ada@example.org",
        "Plan": "monthly", "Quantity": "1", "Currency": "eur", "Interval": "month", "Amount": "10.00", "Status": "active",
        "Created (UTC)": "2024-01-31 10:00", "Current Period End (UTC)": "2026-12-05 10:00",
    },
}  # fmt: skip


def written(path: Path, header: str, *rows: dict[str, Any], separator: str = ",", coding: str = "utf-8") -> Path:
    """A file with a row for each, in which only what differs from the sample is told."""
    columns = header.split(",")
    out = io.StringIO()
    table = csv.writer(out, delimiter=separator)
    table.writerow(columns)
    for row in rows:
        assert not set(row) - set(columns), set(row) - set(columns)
        table.writerow([row.get(column, SAMPLES[header].get(column, "")) for column in columns])
    path.write_bytes(out.getvalue().encode(coding))
    return path
