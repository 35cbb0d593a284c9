"""Circumstances in which calls are made: tables whose pairs are all tried, each answer compared with the model."""
