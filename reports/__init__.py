"""Result files in, numbers and figures and one self-contained HTML page out."""
