"""One document, several formats."""

from shadow.report.document import Document as Document
from shadow.report.formats import FORMATS as FORMATS
from shadow.report.formats import Format as Format
from shadow.report.write import write_reports as write_reports
