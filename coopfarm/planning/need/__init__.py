"""What each plot needs: weather and crops in, cubic metres and their arithmetic out."""
